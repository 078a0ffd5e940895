from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import config
from routing import model_file
from tests.desk import SUPPORT_YAML
from tests.routing.mails import mail
from tests.routing.models import model

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path) -> Path:
    file = folder / "support.yaml"
    text = SUPPORT_YAML.read_text(encoding="utf-8")
    file.write_text(f"classifier:\n  model: {folder / 'model.json'}\n{text}", encoding="utf-8")
    return file


def test_a_model_is_read_with_the_rules(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(model_file.write(model(classes=("billing", "gone", "triage"))))
    guesser = config.load(written(tmp_path)).guesser
    assert guesser.name.startswith("linear:")
    guesses = guesser.guess(mail(subject="refund parcel"))
    assert [guess.queue for guess in guesses] == ["billing"], "others are gone, or where mail goes anyway"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "model.json cannot be read: No such file"),
        (b"{}", "model.json is no model of this release: classes"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_with_its_place(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "model.json").write_bytes(content)
    with pytest.raises(config.ConfigError) as caught:
        config.load(written(tmp_path))
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.path) == (2, 10, "classifier.model")
    assert message in problem.message


def test_whoever_trains_needs_no_model_yet(tmp_path: Path) -> None:
    assert config.load(written(tmp_path), reads_model=False).model is None


def test_without_a_model_the_descriptions_of_the_queues_propose() -> None:
    shipped = config.load(SUPPORT_YAML)
    assert shipped.guesser.name.startswith("keywords:")
    assert [guess.queue for guess in shipped.guesser.guess(mail(text="A chargeback"))] == ["billing"]
