from __future__ import annotations

from routing.keyword_prior import KeywordPrior
from tests.routing.mails import mail

PRIOR = KeywordPrior(
    {
        "billing": "Billing Refunds, chargebacks, invoices",
        "orders": "Orders Where is my parcel, wrong item, returns",
        "tech": "Tech The shop does not work",
    }
)


def test_a_word_of_the_description_proposes_the_queue() -> None:
    (guess,) = PRIOR.guess(mail(subject="An invoice", text="Please send it."))
    assert guess.queue == "billing"
    assert [term.text for term in guess.terms] == ["invoice"]
    assert 0 < guess.probability < 1


def test_the_better_fit_comes_first() -> None:
    guesses = PRIOR.guess(mail(subject="Refund", text="The wrong item was in my parcel."))
    assert [guess.queue for guess in guesses] == ["orders", "billing"]


def test_a_mail_without_such_words_gets_no_guess() -> None:
    assert PRIOR.guess(mail(subject="Hello", text="What is this about?")) == ()


def test_it_never_decides() -> None:
    assert PRIOR.threshold > 1


def test_other_descriptions_have_another_name() -> None:
    assert KeywordPrior({"billing": "Money"}).name != KeywordPrior({"billing": "Cash"}).name
    assert KeywordPrior({"billing": "Money"}).name == KeywordPrior({"billing": "money"}).name
