"""The modals that a person has open, as a stack, and everybody's App Home."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox import block_kit, cast
from bot.sandbox.errors import MethodError

if TYPE_CHECKING:
    from bot.sandbox.store import Json
    from bot.sandbox.workspace import Workspace

VIEW_BYTES = 250_000
STACK_DEPTH = 3

# What an app may set; everything else in a view object is Slack's.
_OWN_FIELDS = (
    *("type", "title", "submit", "close", "private_metadata", "callback_id", "external_id"),
    *("clear_on_close", "notify_on_close"),
)


class Modals:
    """View objects (docs.slack.dev/reference/objects/view-object) by their id, and home views by user.

    A stored view has two fields more than Slack's: `user`, and `errors` that the page shows under the inputs.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._store = workspace.store

    def get(self, view_id: str) -> Json | None:
        return self._store.get("view", view_id)

    def home(self, user_id: str) -> Json | None:
        """The person's App Home as the app sees it; None before the first views.publish."""
        view = self._store.get("home", user_id)
        return None if view is None else public(view)

    def of_person(self, user_id: str, view_id: str) -> Json:
        """An open modal or the App Home of this person.

        Raises:
            MethodError: `view_not_found`.
        """
        for view in [*self.stack(user_id), self._store.get("home", user_id)]:
            if view is not None and view["id"] == view_id:
                return view
        raise MethodError("view_not_found")

    def by_external_id(self, external_id: str) -> Json | None:
        return next((view for view in self._store.all("view") if view["external_id"] == external_id), None)

    def stack(self, user_id: str) -> list[Json]:
        """The person's open modals, the lowest first."""
        return [view for view in self._store.all("view") if view["user"] == user_id]

    async def open(self, user_id: str, view: Any) -> Json:
        """Show a modal in the place of whatever the person had open.

        Raises:
            MethodError: `invalid_arguments`, `view_too_large`, `duplicate_external_id`.
        """
        checked = self._checked(view)
        await self.clear(user_id)
        return await self._save(self._new(user_id, checked, root_id=None, previous_id=None))

    async def push(self, user_id: str, view: Any) -> Json:
        """Show a modal above the one that the person has open.

        Raises:
            MethodError: as `open`, and `push_limit_reached`, `not_found`.
        """
        stack = self.stack(user_id)
        if not stack:
            raise MethodError("not_found")
        if len(stack) >= STACK_DEPTH:
            raise MethodError("push_limit_reached")
        root_id, previous_id = stack[0]["id"], stack[-1]["id"]
        new = self._new(user_id, self._checked(view), root_id=root_id, previous_id=previous_id)
        return await self._save(new)

    async def update(self, current: Json, view: Any, *, expected_hash: str | None = None) -> Json:
        """Replace what an open modal shows.

        Raises:
            MethodError: as `open`, and `hash_conflict`.
        """
        if expected_hash and expected_hash != current["hash"]:
            raise MethodError("hash_conflict")
        checked = self._checked(view, replaces=current["id"])
        kept = {name: current[name] for name in ("id", "user", "root_view_id", "previous_view_id")}
        return await self._save(self._filled(checked) | kept)

    async def publish(self, user_id: str, view: Any, *, expected_hash: str | None) -> Json:
        """Replace the person's App Home.

        Raises:
            MethodError: `invalid_arguments`, `view_too_large`, `hash_conflict`.
        """
        current = self._store.get("home", user_id)
        if expected_hash and current and expected_hash != current["hash"]:
            raise MethodError("hash_conflict")
        new_id = current["id"] if current else self._workspace.new_id("V")
        home = self._filled(self._checked(view)) | {"id": new_id, "user": user_id}
        home |= {"root_view_id": new_id, "previous_view_id": None}
        await self._store.put("home", user_id, home)
        return home

    async def refuse_input(self, view: Json, errors: dict[str, str]) -> None:
        """Show errors under the inputs of a modal, by block_id."""
        await self._save(view | {"errors": errors})

    async def close(self, view: Json) -> None:
        await self._store.delete("view", view["id"])

    async def clear(self, user_id: str) -> None:
        for view in self.stack(user_id):
            await self.close(view)

    async def _save(self, view: Json) -> Json:
        await self._store.put("view", view["id"], view)
        return view

    def _new(self, user_id: str, view: Json, *, root_id: str | None, previous_id: str | None) -> Json:
        new_id = self._workspace.new_id("V")
        place = {"root_view_id": root_id or new_id, "previous_view_id": previous_id}
        return self._filled(view) | {"id": new_id, "user": user_id, **place}

    def _filled(self, view: Json) -> Json:
        defaults = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "close": None,
            "submit": None,
        }
        flags = {"clear_on_close": False, "notify_on_close": False}
        app = {"team_id": cast.TEAM_ID, "app_id": cast.APP_ID, "bot_id": cast.BOT_ID}
        given = {name: view[name] for name in _OWN_FIELDS if view.get(name) is not None}
        hashed = {"hash": self._workspace.next_ts(), "state": {"values": {}}, "errors": {}}
        return defaults | flags | given | app | hashed | {"blocks": block_kit.with_ids(view["blocks"])}

    def _checked(self, view: Any, *, replaces: str | None = None) -> Json:
        if not isinstance(view, dict):
            raise _invalid_view([])
        if problems := block_kit.view_problems(view):
            raise _invalid_view(problems)
        if len(json.dumps(view)) > VIEW_BYTES:
            raise MethodError("view_too_large")
        holder = self.by_external_id(view["external_id"]) if view.get("external_id") else None
        if holder is not None and holder["id"] != replaces:
            raise MethodError("duplicate_external_id")
        return view


def public(view: Json) -> Json:
    """The view object as an app sees it."""
    return {name: value for name, value in view.items() if name not in {"user", "errors"}}


def _invalid_view(problems: list[str]) -> MethodError:
    messages = ["failed to match all allowed schemas [json-pointer:/view]", *problems]
    return MethodError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]}
    )
