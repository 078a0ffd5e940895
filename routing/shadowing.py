"""Rules that can never take effect, because rules above take every mail that they could.

Only what is certain is said: where nobody can decide whether one condition contains another, it does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from routing import facts, structured_facts
from routing.conditions import AllOf, AnyOf, Not
from routing.haystack import Haystack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.comparisons import Comparison
    from routing.conditions import Condition
    from routing.rules import Rule

_COMPARED: Final = (
    facts.Subject,
    facts.Text,
    facts.SubjectOrText,
    facts.Sender,
    facts.Recipient,
    facts.Tier,
    facts.Language,
    facts.AuthenticationResult,
)
_IN_CONTEXT: Final = re.compile(r"[\^$]|\\[bBAzCQ]|\(\?(?!:|P<)")
"""Parts of a pattern that look at what stands around the words, or change how it is read."""
_OF_WHOLE_VALUES: Final = re.compile(r"\\[bBCQ]|\(\?(?!:|P<)")
"""As above; the two ends of a value are known when the whole value is."""
_PLAIN: Final = re.compile(r"[\w @-]+")
"""A pattern that means itself."""
_FLAT: Final = re.compile(r"(?:[^\\(\[]|\\[^Q|])*")
"""A pattern without groups, whose every `|` divides the whole."""


def takers(when: Condition, above: Sequence[Rule]) -> list[str]:
    """The rules that, together, take every mail for which a condition holds; empty where that is not certain.

    Args:
        when: the condition.
        above: the rules asked before it.
    """
    if not isinstance(when, AnyOf):
        return next(([rule.id] for rule in above if rule.stop and implies(when, rule.when)), [])
    found: dict[str, None] = {}
    for part in when.conditions:
        names = takers(part, above)
        if not names:
            return []
        found.update(dict.fromkeys(names))
    return list(found)


def implies(narrow: Condition, wide: Condition) -> bool:
    """Whether the wide condition holds for every mail for which the narrow one does. False where undecided."""
    if isinstance(narrow, AnyOf):
        return all(implies(part, wide) for part in narrow.conditions)
    if isinstance(wide, AllOf):
        return all(implies(narrow, part) for part in wide.conditions)
    if isinstance(narrow, Not) and isinstance(wide, Not):
        return implies(wide.condition, narrow.condition)
    return _part_decides(narrow, wide) or _fact_implies(narrow, wide)


def _part_decides(narrow: Condition, wide: Condition) -> bool:
    """Of `all` each part is wider than the whole, of `any` each part is narrower."""
    wider = narrow.conditions if isinstance(narrow, AllOf) else ()
    narrower = wide.conditions if isinstance(wide, AnyOf) else ()
    return any(implies(part, wide) for part in wider) or any(implies(narrow, part) for part in narrower)


def _fact_implies(narrow: Condition, wide: Condition) -> bool:
    if type(narrow) is type(wide):
        return narrow == wide or _same_fact_implies(narrow, wide)
    if isinstance(narrow, facts.Subject | facts.Text) and isinstance(wide, facts.SubjectOrText):
        return _comparison_implies(narrow.comparison, wide.comparison)
    return False


def _same_fact_implies(narrow: Condition, wide: Condition) -> bool:
    match narrow, wide:
        case structured_facts.Header(header=small), structured_facts.Header(header=large):
            return small.name.lower() == large.name.lower() and _comparison_implies(small.value, large.value)
        case structured_facts.EntityFound(entity=found), structured_facts.EntityFound(entity=asked):
            return found.kind == asked.kind and _part_implies(found.value, asked.value)
        case structured_facts.AttachmentFound(), structured_facts.AttachmentFound():
            return _attachment_implies(narrow.attachment, wide.attachment)
        case _ if isinstance(narrow, _COMPARED) and isinstance(wide, _COMPARED):
            return _comparison_implies(narrow.comparison, wide.comparison)
    return False


def _attachment_implies(
    narrow: structured_facts.AttachmentValues, wide: structured_facts.AttachmentValues
) -> bool:
    """Every part must be one that is compared here: a part that is added later makes two values differ."""
    name, kind = narrow.filename, narrow.content_type
    others = {"filename": wide.filename, "content_type": wide.content_type}
    if narrow.model_copy(update=others) != wide:
        return False
    return _part_implies(name, wide.filename) and _part_implies(kind, wide.content_type)


def _part_implies(narrow: Comparison | None, wide: Comparison | None) -> bool:
    return wide is None or (narrow is not None and _comparison_implies(narrow, wide))


def _comparison_implies(narrow: Comparison, wide: Comparison) -> bool:
    """Compare what is said of one text."""
    if narrow == wide:
        return True
    if values := narrow.equals or narrow.listed:
        return _finds(wide, values, undecided=_OF_WHOLE_VALUES)
    if narrow.in_list is not None or wide.equals is not None or wide.in_list is not None:
        return False
    if narrow.contains is not None:
        # A phrase may be broken into lines, and have another apostrophe; only another phrase reckons with that.
        is_exact = wide.contains is not None or all(map(str.isalnum, narrow.contains))
        return is_exact and _finds(wide, narrow.contains, undecided=_IN_CONTEXT)
    return all(_alternative_implies(part, wide) for part in _alternatives(narrow.matches or ""))


def _alternative_implies(pattern: str, wide: Comparison) -> bool:
    if wide.matches is not None and pattern in _alternatives(wide.matches):
        return True
    return bool(_PLAIN.fullmatch(pattern)) and _finds(wide, [pattern], undecided=_IN_CONTEXT)


def _alternatives(pattern: str) -> list[str]:
    return pattern.split("|") if _FLAT.fullmatch(pattern) else [pattern]


def _finds(wide: Comparison, words: Sequence[str], *, undecided: re.Pattern[str]) -> bool:
    """Whether a comparison holds for each text with one of these words in it."""
    if wide.matches is not None and undecided.search(wide.matches):
        return False
    return all(wide.holds_in(Haystack(text)) for text in words)
