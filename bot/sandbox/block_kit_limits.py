"""Block Kit's limits as tables, by the type of the block or element.

Source: docs.slack.dev/reference/block-kit (blocks, block elements, composition objects) and
docs.slack.dev/surfaces (50 blocks a message, 100 a view).
"""

from __future__ import annotations

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Undocumented: Slack counts the text of all blocks of a message and refuses above about this many characters.
MESSAGE_TEXT = 13_200
CONTEXT_TEXT = 3000
FIELD_TEXT = 2000
OTHER_VALUE = 3000

BLOCKS = {"header", "section", "context", "actions", "input", "divider", "image", "rich_text", "markdown"}
_SELECTS = (
    *("static_select", "users_select", "conversations_select", "channels_select"),
    *("multi_static_select", "multi_users_select"),
)
# Most characters of a text object, by the type of what holds it.
TEXTS: dict[str, dict[str, int]] = {
    "header": {"text": 150},
    "section": {"text": 3000},
    "input": {"label": 2000, "hint": 2000},
    "image": {"title": 2000},
    "button": {"text": 75},
    "plain_text_input": {"placeholder": 150},
    "modal": {"title": 24, "submit": 24, "close": 24},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "option": {"text": 75, "description": 75},
    **{select: {"placeholder": 150} for select in _SELECTS},
}
STRINGS = {
    "action_id": 255,
    "block_id": 255,
    "callback_id": 255,
    "private_metadata": 3000,
    "url": 3000,
    "image_url": 3000,
    "alt_text": 2000,
}
VALUES = {"button": 2000, "option": 150}
ITEMS: dict[str, dict[str, int]] = {
    "section": {"fields": 10},
    "context": {"elements": 10},
    "actions": {"elements": 25},
    "static_select": {"options": 100, "option_groups": 100},
    "multi_static_select": {"options": 100, "option_groups": 100},
    "overflow": {"options": 5},
    "radio_buttons": {"options": 10},
    "checkboxes": {"options": 10},
}
REQUIRED: dict[str, tuple[str, ...]] = {
    "header": ("text",),
    "context": ("elements",),
    "actions": ("elements",),
    "input": ("label", "element"),
    "rich_text": ("elements",),
    "image": ("alt_text",),
    "button": ("text",),
    "overflow": ("options",),
    "radio_buttons": ("options",),
    "checkboxes": ("options",),
    "modal": ("title", "blocks"),
    "home": ("blocks",),
    "option": ("text",),
}
MAY_BE_MRKDWN = {("section", "text"), ("confirm", "text"), ("option", "text"), ("option", "description")}
