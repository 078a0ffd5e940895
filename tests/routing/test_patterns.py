from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing import patterns


def found(pattern: str, text: str) -> list[tuple[str, str, int, int]]:
    return list(map(tuple, patterns.find(patterns.compile_pattern(pattern, groups=True), text)))


def test_value_is_the_first_group_that_took_part_else_the_words() -> None:
    assert found("n(\\d)|(x)|z", "n1 X Z") == [("n1", "1", 0, 2), ("X", "X", 3, 4), ("Z", "Z", 5, 6)]


def test_spans_count_characters_and_matches_of_nothing_stand_between_characters() -> None:
    assert found("b", "\U0001f600 \u00e9b b") == [("b", "b", 3, 4), ("b", "b", 5, 6)]
    assert [match[2:] for match in found("x*", "\u20acx")] == [(0, 0), (1, 2), (2, 2)]


@given(st.text())
def test_words_are_what_stands_in_their_span(text: str) -> None:
    for words, _, start, end in found(r"\w+|\W", text):
        assert text[start:end] == words
