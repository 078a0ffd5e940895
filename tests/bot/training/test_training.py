from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.training import command, mails, split, training
from routing import model_file
from routing.classifier import LinearClassifier
from routing.email import Address
from tests import shop_mails

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def examples(count: int) -> list[mails.Example]:
    return [mails.Example(made.email, made.intent) for made in shop_mails.make(count)]


@pytest.fixture(scope="module")
def trained() -> training.Trained:
    return training.train(split.split(examples(900)), precision=0.9)


def test_most_guesses_about_mails_that_were_never_seen_are_right(trained: training.Trained) -> None:
    assert {result.queue for result in trained.results} == set(shop_mails.INTENTS)
    assert all((result.recall or 0) > 0.6 for result in trained.results)
    assert sum(result.mails for result in trained.results) == 180


def test_the_threshold_leads_to_about_the_wanted_precision(trained: training.Trained) -> None:
    assert trained.outcome.precision >= 0.85
    assert trained.outcome.coverage > 0.5


def test_a_stricter_wish_decides_fewer_mails(trained: training.Trained) -> None:
    strict = training.train(split.split(examples(900)), precision=0.97)
    assert strict.model.threshold > trained.model.threshold
    assert strict.outcome.coverage < trained.outcome.coverage


def test_the_same_mails_give_the_same_bytes(trained: training.Trained) -> None:
    again = training.train(split.split(examples(900)), precision=0.9)
    assert model_file.write(again.model) == model_file.write(trained.model)


def test_the_desk_reads_the_file_and_gives_the_words_that_weighed(
    tmp_path: Path, trained: training.Trained
) -> None:
    out = tmp_path / "var" / "model.json"
    command.run(examples(900), out=out, precision=0.9)
    classifier = LinearClassifier(model_file.read(out.read_bytes()))
    assert classifier.name == trained.model.name
    guess = classifier.guess(
        examples(1)[0].email.model_copy(update={"subject": "Hi", "text": "I need an invoice"})
    )[0]
    assert guess.queue == "invoice"
    assert any("invoice" in term.text for term in guess.terms)
    assert (tmp_path / "var" / "model.png").read_bytes().startswith(b"\x89PNG")


def test_too_few_mails_are_refused_with_how_many_are_needed() -> None:
    with pytest.raises(split.TooFewError, match=r"45 in 4 queues. Needed are 100, in two queues or more"):
        split.split(examples(60))


def test_one_queue_is_no_choice() -> None:
    with pytest.raises(split.TooFewError, match="too few"):
        split.split([example._replace(queue="billing") for example in examples(200)])


def test_a_small_queue_is_left_out() -> None:
    some = [*examples(200), *(example._replace(queue="rare") for example in examples(9))]
    parts = split.split(some)
    assert parts.left_out == {"rare": 9}
    assert "rare" not in queues(parts.teach)


def queues(part: Sequence[mails.Example]) -> set[str]:
    return {example.queue for example in part}


def test_each_part_is_later_than_the_one_before_and_no_group_is_in_two() -> None:
    some = examples(300)
    some[299] = mails.Example(  # the customer of the first mail writes again
        some[299].email.model_copy(
            update={"sender": some[0].email.sender, "subject": f"Re: {some[0].email.subject}"}
        ),
        some[299].queue,
    )
    parts = split.split(some)
    assert some[299] in parts.teach
    last, first = parts.teach[-1].email.received_at, parts.tune[0].email.received_at
    assert last < first < parts.examine[0].email.received_at


def test_a_form_that_sends_all_mail_is_no_single_group() -> None:
    form = Address(email="form@acme.example")
    some = [
        example._replace(email=example.email.model_copy(update={"sender": form})) for example in examples(400)
    ]
    assert len(split.split(some).examine) > 20
