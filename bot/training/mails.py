"""What a model learns from: decided mails whose queue a person has confirmed, oldest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import ValidationError

from routing import subjects
from routing.email import InboundEmail
from storage.replay_mails import Scope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from datetime import datetime

    from routing.replay import RecordedMail
    from storage.unit_of_work import Storage

_PAGE: Final = 500


class Example(NamedTuple):
    """A mail and where it belongs."""

    email: InboundEmail
    queue: str

    @property
    def group(self) -> tuple[str, str]:
        """Mails that say the same: a model must not be examined with what it has learned by heart."""
        sender = self.email.answer_to
        return (sender.email if sender else "", subjects.bare(self.email.subject).casefold())


async def gather(storage: Storage, *, since: datetime, queues: Collection[str]) -> list[Example]:
    """Those of the given queues; of mail that ended in another one nothing can be learned."""
    found = [example async for mail in _pages(storage, since) if (example := _example(mail, queues))]
    return found[::-1]


async def _pages(storage: Storage, since: datetime) -> AsyncIterator[RecordedMail]:
    scope, last = Scope(since=since), None
    async with storage.reading() as uow:
        while span := await uow.replay_mails.next_span(scope, after=last, limit=_PAGE):
            for mail in await uow.replay_mails.of_span(scope, span):
                yield mail
            last = span.oldest


def _example(mail: RecordedMail, queues: Collection[str]) -> Example | None:
    if mail.final_queue is None or mail.final_queue not in queues:
        return None
    try:
        email = InboundEmail.model_validate_json(mail.normalised)
    except ValidationError:  # of another release
        return None
    # As little as the model reads: years of mail are in memory at once.
    slim = InboundEmail(
        received_at=email.received_at,
        sender=email.answer_to,
        subject=email.subject,
        text=email.text[:8_000],
    )
    return Example(slim, mail.final_queue)
