from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from bot import config
from bot.config_sources import ImapPoll
from bot.intake import providers
from routing import engine, entities
from routing.circumstances import Circumstances
from routing.email import Address, Attachment
from routing.sla_policy import Policy
from tests.routing.mails import mail

SHIPPED = Path(__file__).parents[2] / "support.yaml"

MINIMAL = """\
desk:
  name: Test Desk
  addresses: [Help@desk.example, sales@desk.example]
  triage_queue: triage
  fallback_channel: "#fallback"
  operators_channel: "#ops"
  incident_channel: C0INCIDENT
mail: {sender_name: Test Desk, footer: Legal text}
tiers:
  gold: ["*@big.example", Boss@small.example]
  silver: ["*@*.small.example"]
sources:
  raw: {provider: raw, tenant: test}
queues:
  triage:
    name: Triage
    description: A person decides
    channel: "#triage"
    on_call: U0ONCALL
    sla: {default: 4h, gold: 1h30m}
"""


@dataclass(frozen=True)
class File:
    """A configuration file with one thing changed."""

    path: Path

    def load(self, old: str = "", new: str = "", *, more: str = "") -> config.SupportConfig:
        assert old in MINIMAL
        self.path.write_text(MINIMAL.replace(old, new, 1) + dedent(more), encoding="utf-8")
        return config.load(self.path)

    def problems(self, old: str = "", new: str = "", *, more: str = "") -> list[str]:
        with pytest.raises(config.ConfigError) as caught:
            self.load(old, new, more=more)
        assert str(caught.value) == "\n".join(map(str, caught.value.problems))
        return [str(problem).removeprefix(f"{self.path}:") for problem in caught.value.problems]


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(tmp_path / "support.yaml")


def test_a_small_file_is_enough_and_has_defaults(file: File) -> None:
    desk = file.load().desk
    assert (desk.ticket_prefix, desk.confidence_threshold) == ("DB", 0.6)
    assert desk.trace_link_ttl == timedelta(days=7)
    assert desk.addresses == ("help@desk.example", "sales@desk.example")
    assert file.load().mail.urgent_word == "URGENT"
    assert file.load().sources["raw"].default_queue is None


def test_every_provider_that_mail_can_be_read_from_can_be_configured() -> None:
    assert set(config.PROVIDERS) == set(providers.PROVIDERS)


def test_targets_are_those_of_the_queue(file: File) -> None:
    loaded = file.load()
    assert loaded.sla_policy("triage", "gold") == Policy(first_response=timedelta(minutes=90))
    assert loaded.sla_policy("triage", "silver") == Policy(first_response=timedelta(hours=4))


@pytest.mark.parametrize(
    ("address", "tier"),
    [
        ("Ann@BIG.example", "gold"),
        ("boss@small.example", "gold"),
        ("other@small.example", "standard"),
        ("ann@mail.small.example", "silver"),
        ("ann@elsewhere.test", "standard"),
    ],
)
def test_first_tier_with_a_fitting_pattern_counts(file: File, address: str, tier: str) -> None:
    assert file.load().tier_of(address) == tier


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"absent\.yaml:1:1: there is no such file; start from"):
        config.load(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("content", "place_and_message"),
    [
        (b"", "1:1: the file is empty"),
        (b"# only a comment\n", "1:1: the file is empty"),
        (b"desk: [1\nmail: 2\n", "2:5: not valid YAML"),
        (b"\xff\xfe", "1:1: cannot be read"),
        (b"? [a]\n: 1\n", "1:3: not valid YAML"),
        (b"- desk\n", "1:1: must be a mapping"),
        (b"desk: &desk {name: *desk}\n", "1:14: desk.name: must be text"),
    ],
)
def test_what_is_no_configuration_at_all_is_one_clear_problem(
    file: File, content: bytes, place_and_message: str
) -> None:
    file.path.write_bytes(content)
    with pytest.raises(config.ConfigError) as caught:
        config.load(file.path)
    assert any(
        str(problem).startswith(f"{file.path}:{place_and_message}") for problem in caught.value.problems
    )


WRONG = [
    ("name: Test Desk", "name: 503", "2:9: desk.name: must be text; put it in quotes"),
    ("  name: Test Desk\n", "", "1:1: desk.name: is required"),
    ("triage_queue: triage", "triage_queue: x", "4:17: desk.triage_queue: no queue is called 'x'"),
    ("Help@desk.example, sales@desk.example", "", "3:3: desk.addresses: must not be empty"),
    ("sales@desk.example", "sales", "3:34: desk.addresses[1]: 'sales' is not an e-mail address"),
    ('"#ops"', '"#ops"\n  leads: [S0TEAM]', "7:11: desk.leads[0]: 'S0TEAM' is not a Slack user id (U...)"),
    ('"#ops"', "ops", "6:22: desk.operators_channel: 'ops' is not a Slack channel"),
    ("raw, ", "x, ", "13:19: sources.raw.provider: no provider is called 'x'; there are mailgun, mailparse, postmark"),
    ("test}", "test, default_queue: x}", "13:53: sources.raw.default_queue: no queue is called 'x'"),
    ("sources:", "pagers: {pd: 7}\nsources:", "12:14: pagers.pd: needs a kind: write kind: and one of pagerduty"),
    ("sources:", "pagers: {pd: {kind: sms}}\nsources:", "12:10: pagers.pd: needs a kind"),
    ("sources:", "pagers: {pd: {kind: webhook}}\nsources:", "12:10: pagers.pd.url: is required"),
    ("sources:", "pagers: {pd: {kind: jsm, url: h}}\nsources:", "12:31: pagers.pd.url: 'h' is not an http(s) address"),
    ("sources:", "pagers: {pd: {kind: pagerduty, key: x}}\nsources:", "12:32: pagers.pd.key: unknown key 'key'"),
    ("sources:", "directory: 7\nsources:", "12:12: directory: needs a kind: write kind: and one of csv, sql, http"),
    ("sources:", "directory: {kind: ldap}\nsources:", "12:1: directory: needs a kind"),
    ("sources:", "directory: {kind: csv}\nsources:", "12:1: directory.path: is required"),
    ("sources:", "directory: {kind: csv, path: x, dlm: 1}\nsources:", "12:33: directory.dlm: unknown key 'dlm'"),
    ("sources:", "directory: {kind: http, url: h}\nsources:", "12:30: directory.url: 'h' is not an http(s) address"),
    ("sources:", "directory: {kind: sql, query: DELETE}\nsources:", "12:31: directory.query: must be one SELECT"),
    ("sources:", "directory: {kind: sql, query: 'SELECT 1'}\nsources:", "12:31: directory.query: must be one SELECT"),
    (
        "sources:",
        "directory: {kind: salesforce, url: 'https://h', fields: {tier: \"a'b\"}}\nsources:",
        "12:64: directory.fields.tier: \"a'b\" is not a field of Salesforce",
    ),
    ("sources:", "directory: {kind: hubspot, timeout: 0s}\nsources:", "12:37: directory.timeout: '0s' is not"),
    ("test}", "test, poll: 30s}", "13:44: sources.raw.poll: needs a kind: write kind: rest, or kind: imap"),
    ("test}", "test, poll: {kind: pop3}}", "13:38: sources.raw.poll: needs a kind"),
    ("test}", "test, poll: {kind: [imap]}}", "13:38: sources.raw.poll: needs a kind"),
    ("test}", "test, poll: {kind: imap}}", "13:38: sources.raw.poll.host: is required"),
    ("test}", "test, poll: {kind: imap, host: h, idel: 1}}", "13:66: sources.raw.poll.idel: unknown key 'idel'; did"),
    ("test}", "test, poll: {kind: rest, url: 'ftp://h'}}", "13:62: sources.raw.poll.url: 'ftp://h' is not an http(s)"),
    ("test}", "test, poll: {kind: rest, url: 'http://h'}}", "13:3: sources.raw: polling by rest brings mailparse"),
    ("  raw:", "  Raw:", "13:3: sources.Raw: 'Raw' is not an id: lower-case letters, digits and hyphens"),
    ("U0ONCALL", "ana", "19:14: queues.triage.on_call: 'ana' is not a Slack user id"),
    ("4h", "4", "20:20: queues.triage.sla.default: '4' is not a duration: write 30s, 30m, 4h, 2d or 1h30m"),
    ("gold: 1h", "x: 1h", "20:24: queues.triage.sla.x: no SLA tier is called 'x'"),
    ("{sender_name: Test Desk, footer: Legal text}", "no", "8:7: mail: must be a mapping of keys to values"),
    ("    name: Triage", "    name: Triage\n    name: Again", "17:5: name: this key stands twice"),
    ("Legal text}", "Legal text, footr: x}", "8:52: mail.footr: unknown key 'footr'; did you mean footer?"),
    ("Legal text}", "Legal text, zzz: x}", "8:52: mail.zzz: unknown key 'zzz'; there are sender_name"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), WRONG)
def test_a_mistake_is_told_with_its_place(file: File, old: str, new: str, problem: str) -> None:
    (told,) = file.problems(old, new)
    assert told.startswith(problem)


def test_every_mistake_is_told_at_once_in_the_order_of_the_file(file: File) -> None:
    """Also those in rules, whose references cannot be checked before the queues are read."""
    problems = file.problems(
        more=r"""
        entities:
          - {id: rma, pattern: 'RMA-(?=\d)', examples: [RMA-1]}
          - {id: coupon, pattern: 'C-\d+', examples: [C-1, D-1]}
        rules:
          - id: one
            description: The first
            owner: tests
            when: {subjct: {matches: x}}
            then: {queue: tirage, intent: x}
          - id: one
            description: The second
            owner: tests
            when:
              any:
                - not: {subject: {matchs: x}}
                - entity: {kind: parcel}
                - tier: {is: [gold, gould]}
                - all: []
                - text: {matches: '(a)\1', contains: [b]}
            then: {tags: [x]}
            stop: no
        """
    )
    assert [": ".join(problem.split(": ")[:2]) for problem in problems] == [
        "23:29: entities[0].pattern",
        "24:5: entities[1]",
        "29:5: rules[0].when",
        "30:19: rules[0].then.queue",
        "31:9: rules[1].id",
        "36:27: rules[1].when.any[0].not.subject.matchs",
        "37:26: rules[1].when.any[1].entity.kind",
        "38:29: rules[1].when.any[2].tier.is[1]",
        "39:11: rules[1].when.any[3].all",
        "40:31: rules[1].when.any[4].text.matches",
        "42:11: rules[1].stop",
    ]
    assert "did you mean subject?" in problems[2]
    assert "at character 5: RE2 has no lookahead" in problems[0]  # where column 29 is


@pytest.mark.parametrize("text", ["no", "on", "yes", "2026-03-02", "12:30", "0x1f", "<<", "True"])
def test_what_yaml_1_1_would_turn_into_something_else_stays_text(file: File, text: str) -> None:
    assert file.load("name: Triage", f"name: {text}").queues["triage"].name == text


def test_own_entities_stand_beside_the_built_in_ones_and_rules_can_ask_for_them(file: File) -> None:
    loaded = file.load(
        more=r"""
        entities:
          - {id: rma, pattern: '\bRMA-\d{6}\b', examples: [RMA-123456]}
        rules:
          - id: returns
            description: Returns
            owner: tests
            when: {entity: {kind: rma}}
            then: {queue: triage, intent: return}
        """
    )
    facts = engine.RoutingFacts(email=mail(text="rma-123456 of order #123456"))
    decision = engine.route(facts, loaded.ruleset())
    assert decision.rule == "returns"
    assert [entity.value for entity in decision.entities] == ["RMA-123456", "123456"]


def test_rules_can_ask_for_every_kind_that_is_known_without_configuration(file: File) -> None:
    for kind in sorted(entities.KINDS):
        loaded = file.load(
            more=f"""
            rules:
              - id: named
                description: Names one
                owner: tests
                when: {{entity: {{kind: {kind}}}}}
                then: {{queue: triage, intent: named}}
            """
        )
        assert [rule.id for rule in loaded.rules] == ["named"]


def test_servers_that_are_believed_are_named_in_any_case_and_there_are_none_by_default(file: File) -> None:
    assert file.load().desk.authserv_ids == ()
    loaded = file.load("triage_queue: triage\n", "triage_queue: triage\n  authserv_ids: [MX.desk.example]\n")
    assert loaded.desk.authserv_ids == ("mx.desk.example",)


def test_a_tier_that_the_directory_tells_goes_before_the_patterns_if_there_is_one(file: File) -> None:
    desk = file.load()
    assert desk.tier_of("a@big.example", told="silver") == "silver"
    assert desk.tier_of("a@big.example", told="Standard") == "standard"
    assert desk.tier_of("a@big.example", told="platinum") == "gold"
    assert desk.tier_of("a@big.example") == "gold"


def test_what_a_directory_calls_a_field_is_added_to_what_its_kind_does(file: File) -> None:
    asked = file.load("sources:", "directory: {kind: hubspot, fields: {tier: plan}}\nsources:").directory
    assert asked is not None
    assert asked.names() == {"company": "company", "tier": "plan"}
    assert (asked.timeout, asked.cache) == (timedelta(seconds=1), timedelta(minutes=10))


def test_a_source_may_be_polled(file: File) -> None:
    poll = (
        file.load("test}", "test, poll: {kind: imap, host: imap.desk.example, interval: 90s}}")
        .sources["raw"]
        .poll
    )
    assert isinstance(poll, ImapPoll)
    assert (poll.port, poll.security, poll.mailbox, poll.interval) == (
        993,
        "tls",
        "INBOX",
        timedelta(seconds=90),
    )
    assert (poll.idle, poll.history) == (True, False)


def test_which_attachments_are_kept_can_be_written(file: File) -> None:
    usual = file.load().attachments
    assert (usual.max_size, usual.max_count, usual.allows("image/png")) == (25 * 1024**2, 50, True)
    more = 'attachments: {max_size: 500KB, max_count: 3, allowed_types: [application/pdf, "audio/*"]}'
    narrow = file.load(more=more).attachments
    assert (narrow.max_size, narrow.max_count) == (500 * 1024, 3)
    kinds = ("application/pdf", "audio/ogg", "image/png", "application/pdf+zip")
    assert [narrow.allows(kind) for kind in kinds] == [True, True, False, False]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("max_size: 25 apples", "attachments.max_size: '25 apples' is not a size"),
        ("max_size: 0MB", "attachments.max_size: Input should be greater than or equal to 1"),
        ("max_count: -1", "attachments.max_count: Input should be greater than or equal to 0"),
        ("allowed_types: [pdf]", "attachments.allowed_types[0]: 'pdf' is not a media type"),
    ],
)
def test_a_limit_that_is_none_is_told(file: File, written: str, problem: str) -> None:
    (told,) = file.problems(more=f"attachments: {{{written}}}")
    assert problem in told


def test_rule_set_is_put_together_once(file: File) -> None:
    loaded = file.load()
    assert loaded.ruleset() is loaded.ruleset()


@pytest.fixture(scope="module")
def shipped() -> config.SupportConfig:
    return config.load(SHIPPED)


def attached(filename: str, content_type: str) -> dict[str, tuple[Attachment, ...]]:
    return {"attachments": (Attachment(filename=filename, content_type=content_type, size=1),)}


@pytest.mark.parametrize(
    ("changes", "queue", "rule"),
    [
        ({"subject": "Refund for order #123456"}, "billing", "money"),
        ({"subject": "Chargeback received"}, "billing", "money"),
        (attached("Invoice_7.pdf", "application/pdf"), "billing", "money"),
        (attached("invoice-7.PDF", "application/octet-stream"), "billing", "money"),
        (attached("invoice.png", "image/png"), "triage", None),
        ({"text": "Where is order #123456? There must be an error."}, "orders", "order-or-parcel"),
        ({"text": "Our PO-12345 is late"}, "orders", "order-or-parcel"),
        ({"subject": "Tracking says delivered"}, "orders", "order-or-parcel"),
        ({"text": "It was not in my spam folder. My parcel is late."}, "orders", "order-or-parcel"),
        ({"subject": "Phishing with your invoice"}, "abuse", "abuse-report"),
        ({"text": "Stop this spam about parcels"}, "abuse", "abuse-report"),
        ({"text": "The page says 503"}, "tech", "something-broken"),
        ({"subject": "Timeout at checkout"}, "tech", "something-broken"),
        ({"subject": "Cannot login"}, "tech", "locked-out"),
        ({"text": "I can\u2019t log in to see order #123456"}, "tech", "locked-out"),
        ({}, "triage", None),
    ],
)
def test_shipped_rules_send_a_mail_where_a_shop_would(
    shipped: config.SupportConfig, changes: dict[str, object], queue: str, rule: str | None
) -> None:
    decision = engine.route(engine.RoutingFacts(email=mail(**changes)), shipped.ruleset())
    assert (decision.queue, decision.rule) == (queue, rule)


def test_gold_customers_come_first(shipped: config.SupportConfig) -> None:
    sender = Address(email="ceo@bigcustomer.example")
    email = mail(subject="Refund", sender=sender)
    facts = engine.RoutingFacts(email=email, known=Circumstances(tier=shipped.tier_of(sender.email)))
    decision = engine.route(facts, shipped.ruleset())
    assert (decision.queue, decision.priority) == ("billing", "high")
    assert decision.tags == ("gold",)


def test_every_shipped_queue_promises_something_to_everybody(shipped: config.SupportConfig) -> None:
    assert all("default" in shipped.queue(queue).sla for queue in shipped.queues)
