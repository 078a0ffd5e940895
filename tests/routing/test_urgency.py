from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import urgency


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("URGENT: my order", ""),
        ("Re: AW: Urgent my order [DB-1001]", ""),
        ("[URGENT] my order", ""),
        ("urgent", ""),
        ("Re: My order", "URGENT\n\nNothing has come."),
        ("My order", "\n  **Urgent!** Nothing has come."),
    ],
)
def test_first_word_of_the_subject_or_the_text_marks_a_mail(subject: str, text: str) -> None:
    assert urgency.is_marked(subject, text, "URGENT")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("This is not urgent", "It is not urgent."),
        ("Urgently needed", "Urgent2"),
        ("Question: URGENT?", "Hello\nURGENT"),
        ("", ""),
    ],
)
def test_any_other_place_and_any_longer_word_says_nothing(subject: str, text: str) -> None:
    assert not urgency.is_marked(subject, text, "URGENT")


@pytest.mark.parametrize(
    ("subject", "word"),
    [
        ("Dringend: Paket", "DRINGEND"),
        ("¡Urgente! Pedido", "URGENTE"),
        ("紧急请回复", "紧急"),
        ("СРОЧНО заказ", "Срочно"),
    ],
)
def test_word_may_be_of_any_language(subject: str, word: str) -> None:
    assert urgency.is_marked(subject, "", word)


@given(st.text(), st.text(), st.text(min_size=1))
def test_any_text_gets_an_answer(subject: str, text: str, word: str) -> None:
    urgency.is_marked(subject, text, word)
