"""How good the model is: cross-validated on made-up shop mail, or on a CSV file of texts and labels.

python -m tests.benchmarks.classifying [FILE.csv] [--text text] [--label label]
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from sklearn.model_selection import StratifiedKFold

from bot.training import fitting, report, tuning
from routing.classifier import LinearClassifier
from routing.email import InboundEmail
from tests import shop_mails

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDS: Final = 5
_SHOP_MAILS: Final = 2_000
_WANTED: Final = 0.95
_MOST_CLASSES: Final = 20
_RECEIVED_AT: Final = datetime(2026, 1, 5, tzinfo=UTC)


def measure(emails: Sequence[InboundEmail], labels: Sequence[str]) -> None:
    """Print what each mail was taken for by a model that had not seen it.

    The temperature and the threshold of a fold come from the next fold, which is in neither of the other parts.
    """
    classes = sorted(set(labels))
    folds = [test for _, test in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(emails, labels)]
    guessed: dict[int, str] = {}
    decided: list[bool] = []
    for number, examined in enumerate(folds):
        tuned = folds[(number + 1) % FOLDS]
        taught = np.concatenate([fold for fold in folds if fold is not examined and fold is not tuned])
        model = _model([emails[n] for n in taught], [labels[n] for n in taught], emails, labels, tuned)
        for n in examined:
            chances = model.probabilities(emails[n])
            guessed[n] = max(chances, key=chances.__getitem__)
            if chances[guessed[n]] >= model.threshold:
                decided.append(guessed[n] == labels[n])
    truth = [labels[n] for n in guessed]
    _print(list(guessed.values()), truth, classes, decided)


def _model(
    taught: list[InboundEmail],
    taught_labels: list[str],
    emails: Sequence[InboundEmail],
    labels: Sequence[str],
    tuned: Sequence[int],
) -> LinearClassifier:
    pipeline = fitting.fit(taught, taught_labels)
    columns = {str(name): column for column, name in enumerate(pipeline.classes_)}
    truth = [columns[labels[n]] for n in tuned]
    scores = fitting.scores(pipeline, [emails[n] for n in tuned])
    heat = tuning.temperature(scores, truth)
    threshold = tuning.threshold(tuning.curve(tuning.probabilities(scores, heat), truth), _WANTED)
    return LinearClassifier(fitting.exported(pipeline, temperature=heat, threshold=threshold, about={}))


def _print(guessed: list[str], truth: list[str], classes: list[str], decided: list[bool]) -> None:
    outcome = tuning.Point(0.0, sum(decided) / max(len(decided), 1), len(decided) / len(truth), len(decided))
    right = sum(guess == wanted for guess, wanted in zip(guessed, truth, strict=True))
    print(f"{len(truth)} mails, {len(classes)} classes, {FOLDS} folds")
    print(
        f"first guess right: {right / len(truth):.1%}; always the most common class: {_most_common(truth):.1%}"
    )
    print(
        f"wanted precision {_WANTED:.0%}: {outcome.coverage:.1%} are decided, {outcome.precision:.1%} of them rightly"
    )
    if len(classes) <= _MOST_CLASSES:
        results = tuple(report.by_class(classes, guessed, truth))
        print(*tuple(report.render(results, outcome, wanted=_WANTED))[:-1], sep="\n")


def _most_common(truth: list[str]) -> float:
    return Counter(truth).most_common(1)[0][1] / len(truth)


def _of_csv(path: Path, text: str, label: str) -> tuple[list[InboundEmail], list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [InboundEmail(received_at=_RECEIVED_AT, text=row[text]) for row in rows], [
        row[label] for row in rows
    ]


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    wish = parser.parse_args()
    if wish.file:
        measure(*_of_csv(wish.file, wish.text, wish.label))
        return
    mails = shop_mails.make(_SHOP_MAILS)
    measure([made.email for made in mails], [made.intent for made in mails])


if __name__ == "__main__":
    main()
