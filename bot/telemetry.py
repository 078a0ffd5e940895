"""Logs as JSON lines with a stable `event`, and the metrics. Addresses are masked before anything is written."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

_ADDRESS = re.compile(r"\b([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-])[A-Za-z0-9.-]*(\.[A-Za-z]{2,})\b")

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def mask(text: str) -> str:
    """`maria@customer.example` becomes `m***@c***.example`: enough to recognise, too little to leak."""
    return _ADDRESS.sub(r"\1***@\2***\3", text) if "@" in text else text


def configure_logging(level: str) -> None:
    """Write JSON lines to standard error, those of the libraries too."""
    renderer = structlog.processors.JSONRenderer(serializer=_to_json)
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _masked,
    ]
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_plain, renderer])
    )
    logging.basicConfig(handlers=[handler], level=max(threshold, logging.WARNING), force=True)


def _to_json(event: Mapping[str, Any], default: Callable[[Any], Any]) -> str:
    try:
        return to_json(event, fallback=default).decode()
    except ValueError:  # half a surrogate pair, say from a file's name; this way is slow, but takes it
        return json.dumps(event, default=default)


def _masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


def _plain(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return event


class Metrics:
    """Everything that `/metrics` shows. Labels have few values: never an address, a ticket or a trace."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._counter("mails_received_total", "Deliveries by answer.", "source", "status")
        self.routed = self._counter("mails_routed_total", "Decisions by queue.", "queue")
        self.misrouted = self._counter(
            "misrouted_total", "Tickets that people moved, by the queue they were routed to.", "queue"
        )
        self.effects = self._counter(
            "outbox_attempts_total", "Attempts at an effect by outcome.", "kind", "outcome"
        )
        self.sla_breaches = self._counter(
            "sla_breaches_total", "Promises to customers that were not kept in time.", "queue", "metric"
        )
        self.first_response_seconds = Histogram(
            "deskbell_first_response_seconds",
            "From the mail that opens a ticket to the first answer, around the clock.",
            ["queue"],
            registry=self.registry,
            buckets=(300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800),
        )
        self.incidents_opened = self._counter(
            "incidents_opened_total", "Incidents by what opened them.", "opening"
        )
        self.refused = self._counter(
            "outbound_refused_total", "Mails that the outbound gate refused.", "reason"
        )
        self.escalations_missed = self._counter(
            "escalations_missed_total", "What the auditor of escalations found amiss.", "what"
        )
        self.poll_failures = self._counter("poll_failures_total", "Failed rounds of polling.", "source")
        self.poll_last_success = Gauge(
            "deskbell_poll_last_success_timestamp_seconds",
            "When a source was last read to its end.",
            ["source"],
            registry=self.registry,
        )
        self.outbox = Gauge(
            "deskbell_outbox_entries", "Outbox entries by state.", ["state"], registry=self.registry
        )
        self.paused_lanes = Gauge(
            "deskbell_paused_lanes",
            "Lanes whose destination does not answer.",
            ["destination"],
            registry=self.registry,
        )
        self.emails = Gauge("deskbell_mails", "Stored mails by state.", ["state"], registry=self.registry)
        self.webhook_seconds = Histogram(
            "deskbell_webhook_seconds",
            "Time to answer a webhook, commit included.",
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
        )
        self.hints = self._counter("hints_total", "Hints between processes.", "direction")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"deskbell_{name}", text, labels, registry=self.registry)
