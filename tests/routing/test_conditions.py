from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from routing import conditions, entities, evidence
from routing.authentication import Authentication
from routing.business_hours import BusinessHours
from routing.circumstances import Circumstances
from routing.email import Address, Attachment, InboundEmail
from routing.requester import Lookup, Requester
from tests.routing.mails import mail

ADAPTER: TypeAdapter[Any] = TypeAdapter(conditions.Condition)


def verdict(
    written: dict[str, Any],
    email: InboundEmail,
    *,
    tier: str = "standard",
    known: Circumstances | None = None,
) -> evidence.Verdict:
    condition = ADAPTER.validate_python(written)
    seen = evidence.Evidence(
        email=email,
        known=known or Circumstances(tier=tier),
        extraction=entities.Extraction(entities.BUILT_IN),
        business_hours=BusinessHours(zone="Europe/Berlin"),
    )
    result: evidence.Verdict = condition.evaluate(seen)
    # The quick way, the reasons and the long form say the same.
    assert condition.holds(seen) == result.held == next(condition.trace(seen)).held
    return result


PDF = Attachment(filename="Invoice-7.pdf", content_type="application/pdf; name=x", size=1)
PICTURE = Attachment(filename="cat.png", content_type="image/png", size=1)
MAIL = mail(
    subject="Refund for order #123456",
    text="I can\u2019t log\nin. REFUND me, refund!",
    cc=(Address(email="boss@customer.example"),),
    envelope_to=("Returns@acme.example",),
    headers=(("X-Campaign", "spring"),),
    attachments=(PICTURE, PDF),
)


@pytest.mark.parametrize(
    ("written", "field", "words"),
    [
        ({"subject": {"matches": "refund|chargeback"}}, "subject", ("Refund",)),
        ({"subject": {"is": ["refund for order #123456"]}}, "subject", ("Refund for order #123456",)),
        ({"text": {"contains": ["refund"]}}, "text", ("REFUND",)),
        ({"text": {"contains": ["can't log in"]}}, "text", ("can\u2019t log in",)),
        ({"sender": {"is": ["customer.example"]}}, "sender", ("customer.example",)),
        ({"sender": {"is": ["PAT@customer.example"]}}, "sender", ("pat@customer.example",)),
        ({"recipient": {"is": ["boss@customer.example"]}}, "cc", ("boss@customer.example",)),
        ({"recipient": {"matches": "^returns@"}}, "envelope", ("returns@",)),
        ({"tier": {"is": ["gold"]}}, "tier", ("gold",)),
        ({"header": {"name": "x-campaign", "value": {"is": ["Spring"]}}}, "header", ("spring",)),
        ({"entity": {"kind": "order_id"}}, "subject", ("123456",)),
        ({"entity": {"kind": "order_id", "value": {"matches": "^12"}}}, "subject", ("123456",)),
        ({"attachment": {"filename": {"matches": "invoice"}}}, "attachment", ("Invoice-7.pdf",)),
        ({"attachment": {"content_type": {"is": ["application/pdf"]}}}, "attachment", ("Invoice-7.pdf",)),
    ],
)
def test_condition_holds_and_names_field_and_words(
    written: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    result = verdict(written, MAIL, tier="gold")
    assert result.held
    assert [(finding.field, finding.words) for finding in result.findings] == [(field, words)]


KNOWN = Circumstances(
    language="de",
    is_follow_up=True,
    authentication=Authentication(spf="fail", dkim="none", dmarc=None),
    detected_types=("image/png", "application/x-msdownload"),
    lookup=Lookup(
        requester=Requester(company="Big Ltd", segment="vip", attributes={"seats": 40, "beta": True})
    ),
)


@pytest.mark.parametrize(
    ("written", "field", "words"),
    [
        ({"language": {"is": ["de", "at"]}}, "language", ("de",)),
        ({"authentication": {"is": ["fail"]}}, "authentication", ("fail",)),
        ({"follow_up": True}, "mail", ()),
        ({"business_hours": True}, "mail", ()),
        ({"size": {"below": "1KB"}}, "size", ("0 KB",)),
        ({"requester": {"attribute": "segment", "value": {"is": ["VIP"]}}}, "segment", ("vip",)),
        ({"requester": {"attribute": "company", "value": {"contains": ["big"]}}}, "company", ("Big Ltd",)),
        ({"requester": {"attribute": "seats", "number": {"above": 39}}}, "seats", ("40",)),
        ({"requester": {"attribute": "seats", "value": {"is": ["40"]}}}, "seats", ("40",)),
        ({"requester": {"attribute": "beta", "value": {"is": ["true"]}}}, "beta", ("true",)),
        ({"requester": {"attribute": "company"}}, "company", ("Big Ltd",)),
        ({"attachment": {"detected_type": {"matches": "msdownload"}}}, "attachment", ("Invoice-7.pdf",)),
    ],
)
def test_what_is_known_beside_the_mail_is_a_fact(
    written: dict[str, Any], field: str, words: tuple[str, ...]
) -> None:
    result = verdict(written, MAIL, known=KNOWN)
    assert result.held
    assert [(finding.field, finding.words) for finding in result.findings] == [(field, words)]


@pytest.mark.parametrize(
    "written",
    [
        {"language": {"is": ["en"]}},
        {"authentication": {"is": ["pass"]}},
        {"follow_up": False},
        {"business_hours": False},
        {"size": {"above": "1KB"}},
        {"requester": {"attribute": "seats", "number": {"above": 40}}},
        {"requester": {"attribute": "company", "number": {"above": 1}}},
        {"requester": {"attribute": "beta", "number": {"above": 0}}},
        {"requester": {"attribute": "plan"}},
        {"requester": {"attribute": "model_config"}},
        {"attachment": {"filename": {"matches": "cat"}, "detected_type": {"matches": "msdownload"}}},
    ],
)
def test_what_is_known_beside_the_mail_can_be_otherwise(written: dict[str, Any]) -> None:
    assert not verdict(written, MAIL, known=KNOWN).held


def test_what_nobody_knows_is_no_value() -> None:
    for fact in ({"language": {"matches": "."}}, {"requester": {"attribute": "company"}}):
        assert not verdict(fact, MAIL).held
    assert verdict({"authentication": {"is": ["none"]}}, MAIL).held


def test_a_list_is_whole_values_that_are_part_of_the_rule() -> None:
    lists = {"partners": ["customer.example", "Ann@other.example"]}
    written = {"sender": {"in": "partners"}}
    context = {"list": frozenset(lists), "lists": lists}
    condition = ADAPTER.validate_python(written, context=context)
    assert str(condition) == "sender in partners"
    assert condition.comparison.listed == ("customer.example", "Ann@other.example")
    again = ADAPTER.validate_python(condition.model_dump(by_alias=True, exclude_none=True))
    assert again == condition
    assert verdict(condition.model_dump(by_alias=True, exclude_none=True), MAIL).held
    stranger = mail(sender=Address(email="ann@customer.example.evil"))
    assert not verdict(condition.model_dump(by_alias=True, exclude_none=True), stranger).held
    with pytest.raises(ValidationError, match="no list is called 'friends'"):
        ADAPTER.validate_python({"sender": {"in": "friends"}}, context=context)


def test_the_long_form_tells_every_part_with_the_value_seen() -> None:
    condition = ADAPTER.validate_python(
        {"all": [{"subject": {"matches": "never"}}, {"not": {"tier": {"is": ["gold"]}}}]}
    )
    seen = evidence.Evidence(
        email=MAIL,
        known=Circumstances(tier="gold"),
        extraction=entities.Extraction(()),
        business_hours=BusinessHours(),
    )
    assert [(part.depth, part.condition, part.held, part.seen) for part in condition.trace(seen)] == [
        (0, "all of", False, ""),
        (1, 'subject matches "never"', False, "Refund for order #123456"),
        (1, "not", False, ""),
        (2, 'tier is "gold"', True, "gold"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        {"subject": {"is": ["refund"]}},
        {"text": {"contains": ["log.in"]}},
        {"sender": {"is": ["example"]}},
        {"header": {"name": "X-Other", "value": {"matches": "."}}},
        {"entity": {"kind": "po_number"}},
        {"entity": {"kind": "order_id", "value": {"is": ["9"]}}},
        # The two halves hold, but of different attachments.
        {"attachment": {"filename": {"matches": "cat"}, "content_type": {"is": ["application/pdf"]}}},
    ],
)
def test_condition_does_not_hold(written: dict[str, Any]) -> None:
    assert verdict(written, MAIL) == evidence.Verdict(held=False)


def test_any_all_and_not_combine_and_nest() -> None:
    refund, never = {"subject": {"matches": "refund"}}, {"subject": {"matches": "never"}}
    assert verdict({"any": [never, refund]}, MAIL).held
    assert not verdict({"any": [never, never]}, MAIL).held
    assert verdict({"all": [refund, {"not": never}]}, MAIL).held
    assert not verdict({"all": [refund, never]}, MAIL).held
    assert not verdict({"not": {"any": [never, {"all": [refund, refund]}]}}, MAIL).held


def test_any_gives_every_reason_and_no_reason_of_what_did_not_hold() -> None:
    written = {"any": [{"subject_or_text": {"matches": "refund"}}, {"text": {"contains": ["never"]}}]}
    assert [finding.field for finding in verdict(written, MAIL).findings] == ["subject", "text"]


def test_not_gives_itself_as_the_reason() -> None:
    (finding,) = verdict({"not": {"text": {"matches": "never"}}}, MAIL).findings
    assert finding == ('not text matches "never"', "mail", ())


def test_words_are_few_different_short_and_on_one_line() -> None:
    text = "a\n1 " + "x" * 500 + " b2 b2 B2 c3 d4 e5 f6 g7"
    (finding,) = verdict({"text": {"matches": r"a\s1|x+|\b[b-g]\d"}}, mail(text=text)).findings
    assert finding.words == ("a 1", "x" * 80, "b2", "c3", "d4")


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ({"subject": {"matches": "refund|chargeback"}}, 'subject matches "refund|chargeback"'),
        ({"subject_or_text": {"contains": ["a", "b c"]}}, 'subject or text contains "a" or "b c"'),
        ({"entity": {"kind": "order_id"}}, "entity order_id"),
        ({"entity": {"kind": "order_id", "value": {"is": ["7"]}}}, 'entity order_id is "7"'),
        ({"header": {"name": "X-A", "value": {"matches": "b"}}}, 'header X-A matches "b"'),
        (
            {"attachment": {"filename": {"matches": "i"}, "content_type": {"is": ["a/b"]}}},
            'attachment filename matches "i" and content_type is "a/b"',
        ),
        (
            {"all": [{"tier": {"is": ["gold"]}}, {"not": {"text": {"matches": "x"}}}]},
            '(tier is "gold" and not text matches "x")',
        ),
    ],
)
def test_condition_prints_as_its_author_would_say_it(written: dict[str, Any], printed: str) -> None:
    assert str(ADAPTER.validate_python(written)) == printed


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"subjct": {"matches": "x"}}, "a condition has exactly one key"),
        ({}, "a condition has exactly one key"),
        ("refund", "a condition has exactly one key"),
        ({"subject": {"matches": "x"}, "text": {"matches": "x"}}, "exactly one key"),
        ({"subject": {}}, "exactly one of matches, contains, is, in"),
        ({"subject": {"matches": "a", "contains": ["b"]}}, "exactly one of matches, contains, is, in"),
        ({"subject": {"matches": ""}}, "at least 1 character"),
        ({"subject": {"matches": "(?!x)"}}, "no negative lookahead"),
        ({"subject": {"contains": []}}, "at least 1 item"),
        ({"subject": {"contains": [" "]}}, "must not be empty"),
        ({"any": []}, "at least 1 item"),
        ({"attachment": {}}, "give filename, content_type, detected_type or several"),
        ({"subject": {"matches": "x", "flags": "i"}}, "Extra inputs"),
        ({"size": {}}, "give above, below or both"),
        ({"size": {"above": "2MB", "below": "1MB"}}, "nothing lies between"),
        ({"size": {"above": "big"}}, "is not a size"),
        ({"follow_up": "yes"}, "valid boolean"),
        ({"requester": {"attribute": "a", "value": {"is": ["b"]}, "number": {"above": 1}}}, "not both"),
        ({"subject": {"matches": r"(?:\pL{900}){3}"}}, "not a valid RE2 pattern"),
    ],
)
def test_a_wrong_condition_is_refused_when_it_is_read(written: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ADAPTER.validate_python(written)


@pytest.mark.parametrize(
    "written",
    [{"entity": {"kind": "ordr"}}, {"tier": {"is": ["gould"]}}, {"not": {"tier": {"is": ["gould"]}}}],
)
def test_a_name_that_nobody_knows_is_refused(written: dict[str, Any]) -> None:
    known = {"entity": {"order_id"}, "tier": {"gold"}}
    with pytest.raises(ValidationError, match="is called"):
        ADAPTER.validate_python(written, context=known)
