from __future__ import annotations

import pytest

from bot.replies import headers


@pytest.mark.parametrize(
    "subject",
    [
        "Where is it?",
        "Re: Where is it?",
        "AW: Re: Fwd: Where is it?",
        "RE : SV:Antw: Where is it?",
        "Re[2]: re(3): Where is it?",
        "回复\uff1aWhere is it?",
        "Re: [DB-7] Where is it? [db-1042]",
        "Re: [DB-7] (k7f3qw) Where is it? [DB-1042] (k7f3qw)",
        "[DB-7] Re: Where is it?",
    ],
)
def test_prefixes_of_any_language_and_our_own_references_are_stripped(subject: str) -> None:
    assert headers.bare_subject(subject, reference="DB-1042") == "Where is it?"


@pytest.mark.parametrize("subject", ["Regarding: it", "Return: shoes", "[JIRA-7] it", "Reply needed: it"])
def test_words_that_only_look_like_a_prefix_stay(subject: str) -> None:
    assert headers.bare_subject(subject, reference="DB-1042") == subject


def test_long_subject_is_cut() -> None:
    bare = headers.bare_subject("word " * 100, reference="DB-1")
    assert len(bare) <= headers.LONGEST_SUBJECT
    assert bare.endswith("word…")


def test_subject_of_many_prefixes_is_read_in_linear_time() -> None:
    assert headers.bare_subject("Re: " * 50_000 + "[DB-" * 50_000, reference="DB-1").startswith("[DB-")


def test_message_id_of_a_row_is_always_the_same() -> None:
    first, again = (
        headers.message_id(outbox_id=17, mark="k7f3", kind="acknowledgement", domain="acme.example")
        for _ in range(2)
    )
    assert first == again == "<deskbell.acknowledgement.17.k7f3@acme.example>"
    assert headers.is_identifier(first)


def test_references_end_with_the_mail_that_is_answered() -> None:
    assert headers.references(("<a@x>", "<b@x>"), parent="<c@x>") == ("<a@x>", "<b@x>", "<c@x>")
    assert headers.references(("<c@x>", "<a@x>", "<a@x>"), parent="<c@x>") == ("<a@x>", "<c@x>")
    assert headers.references((), parent=None) == ()


def test_long_chain_keeps_the_first_and_the_newest() -> None:
    chain = headers.references([f"<{number}@x>" for number in range(50)], parent="<parent@x>")
    assert len(chain) == headers.MOST_REFERENCES
    assert (chain[0], chain[1], chain[-1]) == ("<0@x>", "<32@x>", "<parent@x>")


def test_chain_of_long_ids_stays_within_a_line() -> None:
    chain = headers.references([f"<{number}{'x' * 400}@x>" for number in range(5)], parent=f"<{'p' * 600}@x>")
    assert [reference[:2] for reference in chain] == ["<p"]


@pytest.mark.parametrize(
    "bad", ["a@x", "<a@x", "<a b@x>", "<é@x>", "<a@x>\r\nBcc: b@x", "<=?utf-8?q?a?=@x>", "<>", ""]
)
def test_id_that_cannot_stand_in_a_header_is_left_out(bad: str) -> None:
    assert headers.references((bad, "<a@x>"), parent=bad) == ("<a@x>",)
