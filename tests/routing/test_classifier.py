from __future__ import annotations

import itertools
from array import array
from typing import TYPE_CHECKING

import pytest

from bot.training import fitting
from routing import terms
from routing.classifier import LinearClassifier
from tests.routing.mails import mail
from tests.routing.models import model

if TYPE_CHECKING:
    from routing.email import InboundEmail

REFUND = mail(subject="A refund", text="I want my refund.")


def test_the_likeliest_queue_comes_first_with_the_terms_that_weighed_most() -> None:
    guesses = LinearClassifier(model()).guess(REFUND)
    assert [guess.queue for guess in guesses] == ["billing", "tech", "orders"]
    assert [term.text for term in guesses[0].terms] == ["subject: refund", "refund"]
    assert sum(guess.probability for guess in guesses) == pytest.approx(1)


def test_a_queue_that_no_longer_exists_is_left_out_and_the_others_get_no_likelier() -> None:
    every = {guess.queue: guess.probability for guess in LinearClassifier(model()).guess(REFUND)}
    left = LinearClassifier(model(), queues=["orders", "tech", "new"]).guess(REFUND)
    assert {guess.queue: guess.probability for guess in left} == {
        queue: every[queue] for queue in ("tech", "orders")
    }


def test_a_mail_without_a_known_word_gets_no_guess() -> None:
    assert LinearClassifier(model()).guess(mail(subject="", text="注文")) == ()


def test_a_higher_temperature_is_less_sure() -> None:
    cool, hot = (LinearClassifier(model(temperature=value)).guess(REFUND)[0] for value in (1.0, 3.0))
    assert hot.queue == cool.queue
    assert hot.probability < cool.probability


def test_the_name_changes_with_the_content() -> None:
    assert model().name == model().name
    assert model().name != model(threshold=0.81).name


def test_a_long_mail_is_read_as_far_as_it_is_likely_to_matter() -> None:
    assert len(terms.of(mail(subject="x", text="word " * 1_000_000))) < 4_000


def _mails() -> list[tuple[InboundEmail, str]]:
    """Mails of three queues that share words, in two scripts."""
    subjects = {
        "billing": ("Refund please", "Invoice wrong", "Счёт"),
        "orders": ("Parcel late", "Wrong item"),
        "tech": ("Login broken",),
    }
    texts = (
        "My order 123 and the invoice.",
        "The login page says wrong.",
        "Заказ refund, refund! Größe?",
        "",
    )
    return [
        (mail(subject=subject, text=text), queue)
        for queue, some in subjects.items()
        for subject, text in itertools.product(some, texts)
    ]


@pytest.mark.parametrize("queues", [("billing", "orders", "tech"), ("billing", "orders")])
def test_probabilities_are_those_of_scikit_learn(queues: tuple[str, ...]) -> None:
    mails = [(email, queue) for email, queue in _mails() if queue in queues]
    pipeline = fitting.fit([email for email, _ in mails], [queue for _, queue in mails])
    ours = LinearClassifier(fitting.exported(pipeline, temperature=1.0, threshold=0.9, about={}))
    for email in (*(email for email, _ in mails), REFUND, mail(subject="", text="nothing known")):
        wanted = dict(zip(pipeline.classes_, pipeline.predict_proba([email])[0], strict=True))
        assert ours.probabilities(email) == pytest.approx(wanted, abs=1e-5)


def test_weights_have_the_same_order_as_the_classes() -> None:
    turned = model(classes=("tech", "orders", "billing"), weights=array("f", [0.0] * 6 + [4.0, 0.0, 4.0]))
    assert LinearClassifier(turned).guess(REFUND)[0].queue == "billing"
