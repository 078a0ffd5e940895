"""The word by which a customer marks a mail as urgent."""

from __future__ import annotations

import unicodedata

from routing import subjects

_OPENING = " \t\n\u00a0*_[(<\"'«„“¡!-"
"""What may stand before the word: `[URGENT]`, `**Urgent**`, `¡Urgente!`."""


def is_marked(subject: str, visible_text: str, word: str) -> bool:
    """Whether the subject, behind its reply prefixes, or the text begins with the word.

    Upper and lower case are alike, for not everybody shouts. In the middle the word says nothing ("this is not
    urgent"), and a longer one is another ("urgently").

    Args:
        subject: as it came.
        visible_text: what the customer wrote, without what was quoted.
        word: as the acknowledgement mail tells it.
    """
    return any(_begins_with(text, word.casefold()) for text in (subjects.bare(subject), visible_text))


def _begins_with(text: str, word: str) -> bool:
    start = text.lstrip(_OPENING)[
        : len(word) + 1
    ].casefold()  # casefold may lengthen the text, never shorten it
    following = start[len(word) : len(word) + 1]
    return start.startswith(word) and (not following.isalnum() or _has_no_spaces(word))


def _has_no_spaces(word: str) -> bool:
    """Chinese and Japanese write word after word without a space."""
    return unicodedata.east_asian_width(word[-1]) == "W"
