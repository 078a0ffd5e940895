"""Who performs which effect of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.attachments.scan import ScanAttachment
from bot.attachments.store import StoreAttachment
from bot.desk.cards import PostCard, RetireCard, UpdateCard
from bot.desk.notices import (
    NotifyOperators,
    PostFollowUp,
    PostSentReply,
    PostUndelivered,
    PostUnparseable,
)
from bot.desk.replay_file import ShareReplay
from bot.desk.replay_moves import ApplyReplay, UndoReplay
from bot.desk.replay_run import Replay, UpdateReplay
from bot.desk.retention import Retain
from bot.desk.triage import Triage
from bot.effects import Kind
from bot.escalation.page_mail import PageByMail
from bot.escalation.pager_effects import Acknowledge, Resolve, Trigger
from bot.escalation.pages import AskProgress, Page, PageGroup, PageNote, UpdatePage
from bot.escalation.sla_notice import PostSla
from bot.escalation.sla_timers import SlaBreach, SlaWarn
from bot.escalation.tick import Tick
from bot.escalation.unclaimed import Unclaimed
from bot.incidents.cards import IncidentDigest, PostIncidentCard, PostIncidentDigest, UpdateIncidentCard
from bot.incidents.mailing import MailIncident, SendIncidentUpdate
from bot.incidents.postmortem import PostPostmortem
from bot.incidents.resolve import ResolveIncident
from bot.incidents.room import CreateIncidentRoom
from bot.on_call.feeds import Refresh
from bot.on_call.group import SyncGroup
from bot.on_call.swap_messages import AskSwap, ExpireSwap, Tell, UpdateSwap
from bot.on_call.watch import Watch
from bot.replies.send import SendAcknowledgement, SendReply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.effects import Effect
    from bot.services import Services


def performers(services: Services) -> Mapping[str, Effect]:
    """Who performs which effect."""
    return {
        Kind.TRIAGE: Triage(services),
        Kind.POST_CARD: PostCard(services),
        Kind.UPDATE_CARD: UpdateCard(services),
        Kind.RETIRE_CARD: RetireCard(services),
        Kind.POST_UNPARSEABLE: PostUnparseable(services),
        Kind.POST_FOLLOW_UP: PostFollowUp(services),
        Kind.POST_SENT_REPLY: PostSentReply(services),
        Kind.POST_UNDELIVERED: PostUndelivered(services),
        Kind.PAGE: Page(services),
        Kind.PAGE_GROUP: PageGroup(services),
        Kind.UPDATE_PAGE: UpdatePage(services),
        Kind.PAGE_NOTE: PageNote(services),
        Kind.ASK_PROGRESS: AskProgress(services),
        Kind.ESCALATION_STEP: Tick(services),
        Kind.ESCALATION_UNCLAIMED: Unclaimed(services),
        Kind.PAGER_TRIGGER: Trigger(services),
        Kind.PAGER_ACKNOWLEDGE: Acknowledge(services),
        Kind.PAGER_RESOLVE: Resolve(services),
        Kind.PAGE_BY_MAIL: PageByMail(services),
        Kind.NOTIFY_OPERATORS: NotifyOperators(services),
        Kind.REPLAY: Replay(services),
        Kind.APPLY_REPLAY: ApplyReplay(services),
        Kind.UNDO_REPLAY: UndoReplay(services),
        Kind.UPDATE_REPLAY: UpdateReplay(services),
        Kind.SHARE_REPLAY: ShareReplay(services),
        Kind.ACKNOWLEDGE: SendAcknowledgement(services),
        Kind.REPLY: SendReply(services),
        Kind.STORE_ATTACHMENT: StoreAttachment(services),
        Kind.SCAN_ATTACHMENT: ScanAttachment(services),
        Kind.RETAIN: Retain(services),
        Kind.ON_CALL_WATCH: Watch(services),
        Kind.ON_CALL_REFRESH: Refresh(services),
        Kind.ON_CALL_SYNC_GROUP: SyncGroup(services),
        Kind.ON_CALL_TELL: Tell(services),
        Kind.ON_CALL_ASK_SWAP: AskSwap(services),
        Kind.ON_CALL_UPDATE_SWAP: UpdateSwap(services),
        Kind.ON_CALL_EXPIRE_SWAP: ExpireSwap(services),
        Kind.SLA_WARN: SlaWarn(services),
        Kind.SLA_BREACH: SlaBreach(services),
        Kind.POST_SLA: PostSla(services),
        Kind.POST_INCIDENT_CARD: PostIncidentCard(services),
        Kind.UPDATE_INCIDENT_CARD: UpdateIncidentCard(services),
        Kind.INCIDENT_DIGEST: IncidentDigest(services),
        Kind.POST_INCIDENT_DIGEST: PostIncidentDigest(services),
        Kind.MAIL_INCIDENT: MailIncident(services),
        Kind.INCIDENT_UPDATE: SendIncidentUpdate(services),
        Kind.RESOLVE_INCIDENT: ResolveIncident(services),
        Kind.CREATE_INCIDENT_ROOM: CreateIncidentRoom(services),
        Kind.POST_POSTMORTEM: PostPostmortem(services),
    }
