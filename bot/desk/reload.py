"""Reload: the rules of support.yaml take the place of those that decide now, without losing a mail."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from blocks import reload_report
from blocks.reload_report import Refused, Reloaded
from bot import config as config_module
from bot import config_running, effects
from bot.desk import leads
from bot.on_call import start as on_call
from bot.telemetry import log
from routing import ruleset_changes

if TYPE_CHECKING:
    from bot.config import ConfigError, SupportConfig
    from bot.services import Services


async def asked(services: Services, *, agent_id: str) -> Reloaded | Refused:
    """Reload as a person wishes.

    Raises:
        NotAllowedError: this person is no lead.
    """
    leads.refuse_others(services, agent_id)
    return await reload(services, actor=agent_id)


async def reload(services: Services, *, actor: str, is_shared: bool = True) -> Reloaded | Refused:
    """Read and check the file, then swap the rules, or keep the old ones if it cannot be used.

    Other processes are told of new rules unless it was they who told.

    Raises:
        StorageUnavailableError: it could not be written down, and nothing was changed.
    """
    async with services.active.reloading:
        try:
            # It takes a moment, and mail and Slack go on: not on the event loop.
            new = await asyncio.to_thread(_read, services)
        except config_module.ConfigError as error:
            return await _keep(services, error, actor)
        outcome = await _swap(services, new, actor)
    if is_shared and services.active.tell_others is not None:
        await services.active.tell_others()
    return outcome


def _read(services: Services) -> SupportConfig:
    config = config_module.load(services.config_file)
    ruleset = config.ruleset()
    _ = ruleset.content_hash, ruleset.index, config.guesser  # worked out here, and then known
    return config


async def _swap(services: Services, new: SupportConfig, actor: str) -> Reloaded:
    running = services.config
    adopted = config_running.adopt(running, new)
    outcome = Reloaded(
        before=running.ruleset().content_hash,
        after=new.ruleset().content_hash,
        changes=ruleset_changes.between(running.ruleset(), new.ruleset()),
        sections=_changed_sections(running, adopted.config),
        needs_restart=adopted.needs_restart,
    )
    async with services.storage.unit_of_work() as uow:
        await uow.audit.add(
            "reloaded",
            trace_id=effects.RULES_TRACE,
            ticket_id=None,
            actor=actor,
            now=services.clock(),
            before=outcome.before,
            after=outcome.after,
        )
        if running.schedules != adopted.config.schedules:
            await on_call.start_soon(uow, adopted.config.schedules, now=services.clock())
        await uow.commit()
    services.active.config = adopted.config
    log.info("reloaded", actor=actor, ruleset=outcome.after, needs_restart=outcome.needs_restart)
    return outcome


async def _keep(services: Services, error: ConfigError, actor: str) -> Refused:
    """Tell the operators, too: whoever sent the signal may be a script."""
    problems = tuple(map(str, error.problems))
    outcome = Refused(ruleset=services.config.ruleset().content_hash, problems=problems)
    async with services.storage.unit_of_work() as uow:
        now = services.clock()
        await uow.audit.add(
            "reload_refused",
            trace_id=effects.RULES_TRACE,
            ticket_id=None,
            actor=actor,
            now=now,
            kept=outcome.ruleset,
            problem=problems[0],
        )
        await effects.notify_operators(
            uow,
            reload_report.notice(outcome),
            channel=services.config.desk.operators_channel,
            trace_id=effects.RULES_TRACE,
            now=now,
        )
        await uow.commit()
    log.error("reload_refused", actor=actor, problem=problems[0])
    return outcome


def _changed_sections(running: SupportConfig, new: SupportConfig) -> tuple[str, ...]:
    names = (name for name in type(new).model_fields if name != "rules")
    return tuple(name for name in names if getattr(running, name) != getattr(new, name))
