"""Who guesses where no rule is sure: the model of support.yaml, or without one the descriptions of the queues."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from routing import model_file
from routing.classifier import LinearClassifier
from routing.keyword_prior import KeywordPrior
from routing.model_file import ModelFileError

if TYPE_CHECKING:
    from bot.config import SupportConfig
    from routing.guesses import Classifier
    from routing.model_file import LinearModel


def read(path: str) -> LinearModel:
    """The model of a file.

    Raises:
        ModelFileError: there is no such file, or it is no model.
    """
    try:
        with Path(path).open("rb") as file:
            # Not more than shows that it is too large.
            content = file.read(model_file.LARGEST + 1)
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return model_file.read(content)
    except ModelFileError as error:
        raise ModelFileError(f"{path} is no model of this release: {error}") from error


def build(config: SupportConfig) -> Classifier:
    """For the queues that exist. Nobody needs a guess for the triage queue: mail gets there by itself."""
    queues = {
        queue: described for queue, described in config.queues.items() if queue != config.desk.triage_queue
    }
    if config.model:
        return LinearClassifier(config.model, queues=queues)
    intents: dict[str, list[str]] = {queue: [] for queue in queues}
    for rule in config.rules:
        if rule.candidate and rule.candidate.queue in intents:
            intents[rule.candidate.queue].append(rule.candidate.intent.replace("-", " "))
    return KeywordPrior(
        {
            queue: " ".join((described.name, described.description, *intents[queue]))
            for queue, described in queues.items()
        }
    )
