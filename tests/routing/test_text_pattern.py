"""An author's pattern finds what Python's `re` finds, in any script; what RE2 has not is told with its place."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from routing import comparisons
from routing.haystack import Haystack
from routing.pattern_set import PatternSet
from routing.pattern_syntax import INNER_MARK, MARK
from routing.text_pattern import TextPattern

TEXTS = [
    "The parcel, the price: size_2 or no. 12",
    "Die Größe der Ölkanne stimmt nicht, 2 Größen zu klein",
    "Где мой заказ? Два заказа, заказы №123",
    "注文番号 123456 の件、注文が届きません",
    "我的订单 １２３ 在哪里",
    "Ποῦ εἶναι ἡ παραγγελία",
    "אין הזמנה 12, ההזמנה אבדה",
    "أين طلب رقم ٤٥٦",
    "मेरा ऑर्डर कहाँ है १२३",
    "คำสั่งซื้อ 55 อยู่ไหน",
    "주문 번호 77 어디",
    "Đơn hàng số 9 ở đâu",
    "naïve café – déjà-vu",
    "“smart” — quotes €5 \N{GRINNING FACE} foo_bar\u2028next",
    "",
    "\x01\x02 \x01x",
]
PATTERNS = [
    r"\bGröße\b", r"\bзаказ\b", r"\b注文", r"注文\b", r"\bהזמנה\b", r"\bطلب\b", r"\bDéjà\b", r"\w+", r"\b\w{3}\b",
    r"\d+", r"\s\d", r"\bö\w+", r"\Bа\w", r"\B.", r"[\W\d]+", r"^\b\w+", r"\w\b$", r"\bnaïve\b.*\bcafé\b", r"[^\w\s]",
    r"(?s)\b.\b", r"\D\b", r"\S+", r"(?i:THE) (?P<thing>\w+)", r"\bno\b\.", r"[^\d\W]\b", r"\b\b\w",
    r"(?:\b\w+\b\s?){2}",
    br"[\u0400-\u04ff]+\b".decode("unicode_escape"), r"\x41|\x{42}\b", r"[]\]a-c-]\b", r"\(?\b\d\)?",
]  # fmt: skip


_FOLDED_OTHERWISE = "\u0130\u0131\u017f\u212a"
"""`re` folds these letters in ways of its own."""


def as_re(pattern: str) -> str:
    return pattern.replace(r"\x{42}", r"\x42")


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_finds_what_re_finds_in_every_script(pattern: str) -> None:
    compiled = TextPattern(pattern)
    for text in TEXTS[:-1]:
        expected = [(found[0], *found.span()) for found in re.finditer(as_re(pattern), text, re.IGNORECASE)]
        haystack = Haystack(text)
        assert [(match.words, match.start, match.end) for match in compiled.find(haystack)] == expected, text
        assert compiled.occurs(haystack) == bool(expected)


def test_a_set_finds_exactly_what_each_pattern_finds_alone() -> None:
    patterns = [TextPattern(pattern) for pattern in PATTERNS]
    together = PatternSet(patterns)
    for text in TEXTS:
        haystack = Haystack(text)
        expected = [position for position, pattern in enumerate(patterns) if pattern.occurs(haystack)]
        assert together.occurring(haystack) == expected


def test_a_set_that_runs_out_of_memory_asks_pattern_by_pattern() -> None:
    """RE2's binding answers "nothing" then, which would lose matches."""
    hungry = [rf"(?:[^x]{{0,500}}a[^y]{{{size}}}b)" for size in range(400, 440)]
    patterns = [TextPattern(pattern) for pattern in [*hungry, "needle"]]
    text = Haystack("ab" * 20_000 + "needle")
    assert len(patterns) - 1 in PatternSet(patterns).occurring(text)


# RE2 knows letters of a newer Unicode than an older Python does.
assigned = st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters=_FOLDED_OTHERWISE))


@given(assigned, st.sampled_from(PATTERNS))
def test_any_text_is_read_as_re_reads_it(text: str, pattern: str) -> None:
    found = {(found[0], *found.span()) for found in re.finditer(as_re(pattern), text, re.IGNORECASE)}
    assert TextPattern(pattern).occurs(Haystack(text)) == bool(found)


@pytest.mark.parametrize(
    ("pattern", "place", "instead"),
    [
        ("a(?=b)", 2, "no lookahead: match the text that follows"),
        ("ab(?!c)", 3, "no negative lookahead: write a second condition under not"),
        ("(?<!a)b", 1, "no negative lookbehind"),
        ("x(?<=a)b", 2, "no lookbehind"),
        (r"(a)\1", 4, "no backreferences: write out what is repeated"),
        ("(?P<x>a)(?P=x)", 9, "no backreferences"),
        (r"a\Z", 2, r"the end of the text is \\z"),
        (r"a\C", 2, "a character is . "),
        ("a[b", 2, "the class never ends"),
        ("a\\", 2, "it ends within an escape"),
        (r"\y", 1, "means nothing"),
    ],
)
def test_what_re2_has_not_is_told_with_its_place_and_what_to_write(
    pattern: str, place: int, instead: str
) -> None:
    with pytest.raises(ValueError, match=rf"at character {place}: .*{instead}"):
        TextPattern(pattern)


@pytest.mark.parametrize("pattern", ["(a", "a)", "a**", "[z-a]", r"(?:\pL{900}){3}", r"\p{Klingon}"])
def test_what_re2_refuses_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a valid RE2 pattern"):
        TextPattern(pattern)


@given(st.text())
def test_any_pattern_is_compiled_or_refused(pattern: str) -> None:
    try:
        TextPattern(pattern)
    except ValueError:
        return
    re2.compile(pattern)  # what we accept RE2 accepts


# Control characters are gone from a mail once it is read (`routing.email.clean_text`); two of them are our marks.
clean = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=MARK + INNER_MARK))


@given(clean, clean.filter(str.strip))
def test_a_phrase_is_found_in_any_text_around_it(around: str, phrase: str) -> None:
    """Whatever characters a phrase has, it is a phrase and no pattern."""
    assert comparisons.Comparison(contains=(phrase,)).words_in(Haystack(around + phrase + around))


@given(clean)
def test_is_holds_for_the_value_itself(value: str) -> None:
    found = comparisons.Comparison.model_validate({"is": [value]}).words_in(Haystack(value))
    assert found == [value]


def test_a_hostile_pattern_over_a_hostile_megabyte_ends() -> None:
    """What takes a backtracking engine for ever is linear here; the test's timeout is the bound."""
    text = Haystack("ö" + "a" * 1_000_000 + "!")
    for pattern in (r"(a+)+$", r"\b(a|a)*\b$", r"(\w*)*x\b", r"(.*a){20}$"):
        TextPattern(pattern).occurs(text)
