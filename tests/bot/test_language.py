from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import language


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Where is my order? I have been waiting for nine days."),
        ("de", "Wo ist meine Bestellung? Ich warte seit neun Tagen."),
        ("fr", "Où est ma commande ? J'attends depuis neuf jours."),
        ("pl", "Gdzie jest moje zamówienie? Czekam od dziewięciu dni."),
        ("ru", "Где мой заказ? Я жду уже девять дней."),
        ("ja", "注文した商品はどこですか。九日も待っています。"),
    ],
)
def test_a_sentence_is_enough(code: str, text: str) -> None:
    assert language.detect(text) == code


@pytest.mark.parametrize("text", ["", "ok", "123456 +49 30 1234", "\n\n"])
def test_too_few_words_are_of_no_language(text: str) -> None:
    assert language.detect(text) is None


@given(st.text())
@settings(deadline=None, max_examples=200)
def test_any_text_is_read_without_an_error(text: str) -> None:
    language.detect(text)
