"""Where the team keeps what it knows of its customers, as support.yaml says it; secrets come from the environment."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from bot.config_types import Duration, Line  # noqa: TC001 - pydantic reads the annotations
from routing.strict import Strict, shaped

BaseUrl = Annotated[
    str, shaped(r"https?://[^\s?#/]+(?:/[^\s?#/]+)*", "an http(s) address without a slash at its end")
]
Soql = Annotated[str, shaped(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*", "a field of Salesforce, such as Account.Name")]
_OWN = ("name", "company", "tier", "segment", "sla")


def _reads_an_address(query: str) -> str:
    if not query.lstrip().lower().startswith(("select", "with")) or ":email" not in query:
        raise ValueError("must be one SELECT that asks for :email, such as WHERE lower(email) = :email")
    return query


class _Directory(Strict):
    """What every kind has."""

    timeout: Duration = timedelta(seconds=1)
    """A directory that takes longer is done without."""
    cache: Duration = timedelta(minutes=10)
    """How long its answer is believed."""
    fields: dict[Line, Line] = Field(default_factory=dict)
    """What a record calls a field; other names than the requester's own become attributes."""

    def names(self) -> dict[str, str]:
        """By field of the requester: the record's name for it, which may be a path with dots."""
        return dict(zip(_OWN, _OWN, strict=True)) | self.fields


class CsvDirectory(_Directory):
    """A file with a heading, read again whenever it changes."""

    kind: Literal["csv"]
    path: Line
    email: Line = "email"
    """Heading of the column with the addresses."""
    delimiter: Literal[",", ";", "\t"] = ","


class SqlDirectory(_Directory):
    """A query on a database of the team's own."""

    kind: Literal["sql"]
    query: Annotated[str, AfterValidator(_reads_an_address)]


class HttpDirectory(_Directory):
    """`GET {url}?email=` gives a JSON object; 404 or null is a stranger."""

    kind: Literal["http"]
    url: BaseUrl


class HubSpotDirectory(_Directory):
    """Contacts of HubSpot."""

    kind: Literal["hubspot"]
    url: BaseUrl = "https://api.hubapi.com"

    def names(self) -> dict[str, str]:
        """Only what HubSpot has by default; a name is put together where none is named."""
        return {"company": "company"} | self.fields


class SalesforceDirectory(_Directory):
    """Contacts of Salesforce."""

    kind: Literal["salesforce"]
    url: BaseUrl
    """The organisation's own domain: `https://acme.my.salesforce.com`."""
    fields: dict[Line, Soql] = Field(default_factory=dict)

    def names(self) -> dict[str, str]:
        """Only what Salesforce has by default."""
        return {"name": "Name", "company": "Account.Name"} | self.fields


_KINDS = ("csv", "sql", "http", "hubspot", "salesforce")


def _tag(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"<{kind}>" if isinstance(kind, str) and kind in _KINDS else None


Directory = Annotated[
    Annotated[CsvDirectory, Tag("<csv>")]
    | Annotated[SqlDirectory, Tag("<sql>")]
    | Annotated[HttpDirectory, Tag("<http>")]
    | Annotated[HubSpotDirectory, Tag("<hubspot>")]
    | Annotated[SalesforceDirectory, Tag("<salesforce>")],
    Discriminator(
        _tag,
        custom_error_type="directory",
        custom_error_message=f"needs a kind: write kind: and one of {', '.join(_KINDS)}",
    ),
]
