from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import patterns


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a(?=b)", "no lookahead"),
        ("(?<!a)b", "lookbehind"),
        (r"(a)\1", "no backreferences"),
        ("(a", "missing )"),
    ],
)
def test_what_re2_does_not_know_is_explained(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match="not a valid RE2 pattern") as caught:
        patterns.compile_pattern(pattern, groups=True)
    assert reason in str(caught.value)


def found(pattern: str, text: str) -> list[tuple[str, str, int, int]]:
    return list(map(tuple, patterns.find(patterns.compile_pattern(pattern, groups=True), text)))


def test_value_is_the_first_group_that_took_part_else_the_words() -> None:
    assert found("n(\\d)|(x)|z", "n1 X Z") == [("n1", "1", 0, 2), ("X", "X", 3, 4), ("Z", "Z", 5, 6)]


def test_spans_count_characters_and_matches_of_nothing_stand_between_characters() -> None:
    assert found("b", "\U0001f600 \u00e9b b") == [("b", "b", 3, 4), ("b", "b", 5, 6)]
    assert [match[2:] for match in found("x*", "\u20acx")] == [(0, 0), (1, 2), (2, 2)]


@pytest.mark.parametrize("pattern", [r"\C", r"\C\C", r"(\C)"])
def test_a_pattern_may_cut_characters(pattern: str) -> None:
    assert found(pattern, "\u20ac")


@given(st.text())
def test_words_are_what_stands_in_their_span(text: str) -> None:
    for words, _, start, end in found(r"\w+|\W", text):
        assert text[start:end] == words


@given(st.text(), st.text(min_size=1).filter(str.strip))
def test_a_phrase_is_found_in_any_text_around_it(around: str, phrase: str) -> None:
    """Whatever characters a phrase has, it is a phrase and no pattern."""
    assert patterns.Comparison(contains=(phrase,)).words_in(around + phrase + around)


@given(st.text())
def test_is_holds_for_the_value_itself(value: str) -> None:
    assert patterns.Comparison.model_validate({"is": [value]}).words_in(value) == [value]
