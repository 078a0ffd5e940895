"""The bodies that the page posts: one thing each that a person does. Shapes that they do not have are refused."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Base64Bytes, BaseModel, ConfigDict, Field

DESK_ADDRESS = "support@acme.example"


class Deed(BaseModel):
    """What all have in common."""

    model_config = ConfigDict(frozen=True)


class Press(Deed):
    """Use of an element in a message (`channel`, `ts`) or in a view (`view_id`)."""

    user: str
    channel: str = ""
    ts: str = ""
    view_id: str | None = None
    action: dict[str, Any]
    state: dict[str, Any] | None = None


class Submit(Deed):
    user: str
    view_id: str
    values: dict[str, dict[str, Any]] = {}


class Close(Deed):
    user: str
    view_id: str
    all: bool = False


class Command(Deed):
    user: str
    channel: str
    text: str


class Say(Deed):
    user: str
    channel: str
    thread_ts: str | None = None
    text: str


class Home(Deed):
    user: str


class Nothing(Deed):
    """The burst and the reset need no word."""


class Sender(Deed):
    name: str = ""
    email: str = Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$")


class File(Deed):
    filename: str = "file"
    content_type: str = Field(default="application/octet-stream", alias="contentType")
    content: Base64Bytes


class Draft(Deed):
    """A mail of the customer; `reply_to_id` names the mail of the inbox that it answers."""

    sender: Sender = Field(alias="from")
    to: Annotated[str, AfterValidator(lambda value: value or DESK_ADDRESS)] = DESK_ADDRESS
    cc: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[File, ...] = ()
    reply_to_id: str | None = None
