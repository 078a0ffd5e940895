"""What every RequesterDirectory does, each asked against the real thing or a stand-in that speaks its API."""

from __future__ import annotations

import asyncio
import csv
import os
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.config_directory import (
    CsvDirectory,
    HttpDirectory,
    HubSpotDirectory,
    SalesforceDirectory,
    SqlDirectory,
)
from bot.errors import PermanentError, RateLimitedError, SettingsError, TransientError
from bot.integrations import directory_records
from bot.integrations.csv_directory import CsvRequesterDirectory
from bot.integrations.http_directory import HttpRequesterDirectory
from bot.integrations.hubspot_directory import HubSpotRequesterDirectory
from bot.integrations.salesforce_directory import SalesforceRequesterDirectory
from bot.integrations.sql_directory import SqlRequesterDirectory
from routing.requester import Requester
from tests import directories, servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.integrations.interfaces import RequesterDirectory
    from tests.directories import CustomerApis
    from tests.servers import PostgresServer

MARIA = "maria@customer.example"
HOSTILE = "o'hara\\' or 1=1 --\"@customer.example"
COLUMNS = ("email", "name", "company", "tier", "segment", "sla", "seats")
PEOPLE = (
    (MARIA, "Maria Costa", "Costa & Filhos", "gold", "retail", "2h", 40),
    (HOSTILE, "Sean O'Hara", "O'Hara Ltd", "silver", "", None, None),
)
EXPECTED = Requester(
    name="Maria Costa",
    company="Costa & Filhos",
    tier="gold",
    segment="retail",
    sla=timedelta(hours=2),
    attributes={"seats": 40},
)
FIELDS = {"seats": "seats"}
QUERY = "SELECT name, company, tier, segment, sla, seats FROM customers WHERE lower(email) = :email"
CRM_FIELDS = {"tier": "tier__c", "segment": "segment__c", "sla": "sla__c", "seats": "seats__c"}


def write_csv(path: Path, *rows: tuple[Any, ...], columns: tuple[str, ...] = COLUMNS) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


@asynccontextmanager
async def in_csv(path: Path) -> AsyncIterator[RequesterDirectory]:
    write_csv(path, *PEOPLE)
    yield CsvRequesterDirectory(CsvDirectory(kind="csv", path=str(path), fields=FIELDS))


@asynccontextmanager
async def in_sql(url: str) -> AsyncIterator[RequesterDirectory]:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS customers"))
        columns = ", ".join(f"{column} {'INTEGER' if column == 'seats' else 'TEXT'}" for column in COLUMNS)
        await connection.execute(text(f"CREATE TABLE customers ({columns})"))
        marks = ", ".join(f":{column}" for column in COLUMNS)
        rows = [dict(zip(COLUMNS, person, strict=True)) for person in PEOPLE]
        await connection.execute(text(f"INSERT INTO customers VALUES ({marks})"), rows)  # noqa: S608 - our own
    await engine.dispose()
    directory = SqlRequesterDirectory(SqlDirectory(kind="sql", query=QUERY, fields=FIELDS), url=url)
    yield directory
    await directory.close()


@asynccontextmanager
async def in_http(apis: CustomerApis) -> AsyncIterator[RequesterDirectory]:
    for person in PEOPLE:
        name, company, tier, segment, sla, seats = person[1:]
        apis.customers[str(person[0])] = {
            "name": name,
            "account": {"company": company, "seats": seats},
            "tier": tier,
            "segment": segment,
            "sla": sla,
        }
    fields = {"company": "account.company", "seats": "account.seats"}
    config = HttpDirectory(kind="http", url=f"{apis.url}/customers", fields=fields)
    directory = HttpRequesterDirectory(config, token=directories.TOKEN)
    yield directory
    await directory.close()


@asynccontextmanager
async def in_hubspot(apis: CustomerApis) -> AsyncIterator[RequesterDirectory]:
    for person in PEOPLE:
        name, company, tier, segment, sla, seats = person[1:]
        first, _, last = str(name).partition(" ")
        apis.customers[str(person[0])] = {
            "firstname": first,
            "lastname": last,
            "company": company,
            "tier__c": tier,
            "segment__c": segment,
            "sla__c": sla,
            "seats__c": seats and str(seats),
        }
    config = HubSpotDirectory(kind="hubspot", url=apis.url, fields=CRM_FIELDS)
    directory = HubSpotRequesterDirectory(config, token=directories.TOKEN)
    yield directory
    await directory.close()


@asynccontextmanager
async def in_salesforce(apis: CustomerApis) -> AsyncIterator[RequesterDirectory]:
    for person in PEOPLE:
        name, company, tier, segment, sla, seats = person[1:]
        apis.customers[str(person[0])] = {
            "Name": name,
            "Account": {"attributes": {"type": "Account"}, "Name": company},
            "tier__c": tier,
            "segment__c": segment,
            "sla__c": sla,
            "seats__c": seats,
        }
    config = SalesforceDirectory(kind="salesforce", url=apis.url, fields=CRM_FIELDS)
    directory = SalesforceRequesterDirectory(config, login=directories.LOGIN)
    yield directory
    await directory.close()


APIS: dict[str, Callable[[CustomerApis], Any]] = {
    "http": in_http,
    "hubspot": in_hubspot,
    "salesforce": in_salesforce,
}


@pytest.fixture
async def apis() -> AsyncIterator[CustomerApis]:
    async with directories.running() as apis:
        yield apis


@pytest.fixture(params=["csv", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres), *APIS])
async def directory(
    request: pytest.FixtureRequest, tmp_path: Path, apis: CustomerApis
) -> AsyncIterator[RequesterDirectory]:
    """Each kind, with the same customers in it."""
    if request.param == "csv":
        opened = in_csv(tmp_path / "customers.csv")
    elif request.param == "sqlite":
        opened = in_sql(f"sqlite+aiosqlite:///{tmp_path / 'crm.db'}")
    elif request.param == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        opened = in_sql(server.url())
    else:
        opened = APIS[request.param](apis)
    async with opened as directory:
        yield directory


@pytest.fixture(params=APIS)
async def remote(request: pytest.FixtureRequest, apis: CustomerApis) -> AsyncIterator[RequesterDirectory]:
    """Each kind that is reached over HTTP."""
    async with APIS[request.param](apis) as directory:
        yield directory


async def test_a_customer_is_known_with_everything_that_was_asked_for(directory: RequesterDirectory) -> None:
    assert await directory.look_up(MARIA) == EXPECTED


async def test_a_stranger_is_none(directory: RequesterDirectory) -> None:
    assert await directory.look_up("nobody@customer.example") is None


async def test_an_address_full_of_quotes_is_that_address_and_no_command(
    directory: RequesterDirectory,
) -> None:
    """It finds its own record, without the fields that are empty or null."""
    found = await directory.look_up(HOSTILE)
    assert found == Requester(name="Sean O'Hara", company="O'Hara Ltd", tier="silver")
    assert await directory.look_up("x' or '1'='1") is None
    assert await directory.look_up(MARIA) == EXPECTED


async def test_several_may_ask_at_once(directory: RequesterDirectory) -> None:
    found = await asyncio.gather(*(directory.look_up(MARIA) for _ in range(5)))
    assert found == [EXPECTED] * 5


# Over HTTP.


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (lambda: web.Response(status=500), TransientError),
        (lambda: web.Response(status=503, text="<html>"), TransientError),
        (lambda: web.Response(status=403), PermanentError),
        (lambda: web.Response(status=302, headers={"Location": "/customers"}), PermanentError),
        (lambda: web.Response(text="<html>"), PermanentError),
        (lambda: web.Response(text="[" * 100_000), PermanentError),
        (lambda: web.Response(text='"text"'), PermanentError),
        (
            lambda: web.json_response({"records": 7, "results": {}, "access_token": None, "name": []}),
            PermanentError,
        ),
        (lambda: web.Response(body=b"[" + b" " * 300_000 + b"]"), PermanentError),
    ],
    ids=["500", "503", "403", "redirect", "html", "deep", "text", "shape", "large"],
)
async def test_trouble_is_told_apart_and_passes(
    apis: CustomerApis,
    remote: RequesterDirectory,
    trouble: Callable[[], web.Response],
    expected: type[Exception],
) -> None:
    apis.troubles = [trouble()]
    with pytest.raises(expected):
        await remote.look_up(MARIA)
    assert await remote.look_up(MARIA) == EXPECTED


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), ("", 30), ("soon", 30), ("9" * 30, 600)])
async def test_a_pause_that_is_asked_for_is_believed_up_to_ten_minutes(
    apis: CustomerApis, remote: RequesterDirectory, told: str, seconds: int
) -> None:
    apis.troubles = [web.Response(status=429, headers={"Retry-After": told})]
    with pytest.raises(RateLimitedError) as caught:
        await remote.look_up(MARIA)
    assert caught.value.retry_after == timedelta(seconds=seconds)


async def test_a_server_that_is_away_may_come_back() -> None:
    config = HttpDirectory(kind="http", url=f"http://127.0.0.1:{servers.free_port()}")
    away = HttpRequesterDirectory(config, token=None)
    with pytest.raises(TransientError):
        await away.look_up(MARIA)
    await away.close()


async def test_a_wrong_token_says_which_variable_holds_it(apis: CustomerApis) -> None:
    config = HubSpotDirectory(kind="hubspot", url=apis.url)
    directory = HubSpotRequesterDirectory(config, token="wrong")
    with pytest.raises(PermanentError, match="DESKBELL_DIRECTORY_SECRET"):
        await directory.look_up(MARIA)
    await directory.close()


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"name": {"first": "Maria"}}, "name"),
        ({"tier": True}, "tier"),
        ({"sla": "soon"}, "sla"),
        ({"sla": 4}, "sla"),
        ({"account": {"seats": [1]}}, "seats"),
    ],
)
async def test_a_field_of_the_wrong_type_is_named(
    apis: CustomerApis, record: dict[str, Any], named: str
) -> None:
    async with in_http(apis) as directory:
        apis.customers[MARIA] = record
        with pytest.raises(PermanentError, match=f"^{named} in the directory is no "):
            await directory.look_up(MARIA)


async def test_what_is_no_clean_text_is_cleaned_as_mails_are(apis: CustomerApis) -> None:
    """A name goes into a header, a card and a database, none of which takes all that JSON can say."""
    async with in_http(apis) as directory:
        apis.customers[MARIA] = {
            "name": "Maria\r\nBcc: all@customer.example\0",
            "tier": "\ud83d",
            "account": {"company": "\u202eatsoC" * 200, "seats": "4\0"},
        }
        found = await directory.look_up(MARIA)
    assert found is not None
    assert (found.name, found.tier) == ("Maria Bcc: all@customer.example", "?")
    assert found.attributes == {"seats": "4"}
    assert len(found.company or "") == 500
    assert "\u202e" not in found.model_dump_json()


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=3)
)
def test_whatever_a_field_holds_is_a_requester_that_can_be_stored_or_a_failure(value: object) -> None:
    for field in ("name", "sla", "seats"):
        try:
            found = directory_records.read({field: value}, {field: field})
        except PermanentError:
            continue
        assert Requester.model_validate_json(found.model_dump_json()) == found


async def test_salesforce_is_signed_in_to_once_and_again_when_the_token_has_ended(apis: CustomerApis) -> None:
    async with in_salesforce(apis) as directory:
        await directory.look_up(MARIA)
        await directory.look_up(MARIA)
        assert apis.sign_ins == 1
        apis.sign_ins += 1  # somebody else has signed in, which ends our token
        assert await directory.look_up(MARIA) == EXPECTED
        assert apis.sign_ins == 3


def test_a_login_of_salesforce_has_two_parts(apis: CustomerApis) -> None:
    config = SalesforceDirectory(kind="salesforce", url=apis.url)
    with pytest.raises(SettingsError, match="key:secret"):
        SalesforceRequesterDirectory(config, login="only-a-token")


# A file.


async def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    async with in_csv(path) as directory:
        assert await directory.look_up(MARIA) == EXPECTED
        stat = path.stat()
        write_csv(path, (MARIA.upper(), " Maria ", "", "gold", "", "", "4.50"))
        found = await directory.look_up(MARIA)
        assert found == Requester(name="Maria", tier="gold", attributes={"seats": "4.50"})
        size = path.stat().st_size
        path.write_bytes(b"x" * size)
        os.utime(path, ns=(stat.st_atime_ns, path.stat().st_mtime_ns + 10**9))
        with pytest.raises(PermanentError, match="no column 'email'"):
            await directory.look_up(MARIA)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "cannot be read: No such file"),
        (b"", "no column 'email'"),
        (b"email,name\n\xff\xfe@x,y\n", "no CSV file in UTF-8"),
        (b"email,name\n" + b"x" * 200_000, "no CSV file in UTF-8"),
    ],
    ids=["missing", "empty", "latin", "long"],
)
async def test_a_file_that_cannot_be_used_says_why(
    tmp_path: Path, content: bytes | None, expected: str
) -> None:
    path = tmp_path / "customers.csv"
    if content is not None:
        path.write_bytes(content)
    directory = CsvRequesterDirectory(CsvDirectory(kind="csv", path=str(path)))
    with pytest.raises((TransientError, PermanentError), match=expected):
        await directory.look_up(MARIA)
    write_csv(path, *PEOPLE)
    assert await directory.look_up(MARIA) is not None, "a file that was mended is used"


async def test_a_file_that_hangs_is_read_once_for_all_who_wait(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    os.mkfifo(path)  # to open it takes until somebody writes
    directory = CsvRequesterDirectory(CsvDirectory(kind="csv", path=str(path)))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await directory.look_up(MARIA)
    waiting = asyncio.create_task(directory.look_up(MARIA))
    await asyncio.to_thread(path.write_text, f"email,name\n{MARIA},Maria\n")
    assert await waiting == Requester(name="Maria")


async def test_a_spreadsheet_of_another_country_has_its_own_delimiter_and_headings(tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(f"Adresse;Firma;Stufe\n;Nobody;gold\n{MARIA};Costa;gold\nshort\n", encoding="utf-8")
    config = CsvDirectory(
        kind="csv",
        path=str(path),
        email="Adresse",
        delimiter=";",
        fields={"company": "Firma", "tier": "Stufe"},
    )
    assert await CsvRequesterDirectory(config).look_up(MARIA) == Requester(company="Costa", tier="gold")


# A database.


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'crm.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url()


async def test_a_query_cannot_change_anything(database_url: str) -> None:
    """Not even one that begins as a SELECT should."""
    async with in_sql(database_url) as untouched:
        wipe = "WITH gone AS (SELECT 1) DELETE FROM customers WHERE email = :email"
        query = SqlDirectory(kind="sql", query=wipe)
        directory = SqlRequesterDirectory(query, url=database_url)
        with pytest.raises((PermanentError, TransientError), match=r"read-?only"):
            await directory.look_up(MARIA)
        await directory.close()
        assert await untouched.look_up(MARIA) == EXPECTED


_SLOW_FOR_SOME = {
    "sqlite": "WITH RECURSIVE n(i) AS"
    " (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT CASE WHEN :email = 'slow' THEN 500000 ELSE 1 END)"
    " SELECT count(*) AS name FROM n",
    "postgresql": "SELECT pg_sleep(CASE WHEN :email = 'slow' THEN 30 ELSE 0 END), 1 AS name",
}


async def test_a_query_that_is_given_up_leaves_its_connection_to_the_next(database_url: str) -> None:
    """More are given up than there are connections."""
    query = _SLOW_FOR_SOME[database_url.partition("+")[0]]
    directory = SqlRequesterDirectory(SqlDirectory(kind="sql", query=query), url=database_url)
    for _ in range(4):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await directory.look_up("slow")
    assert await directory.look_up(MARIA) == Requester(name="1")
    await directory.close()


async def test_a_query_that_the_database_does_not_understand_is_a_failure(database_url: str) -> None:
    query = SqlDirectory(kind="sql", query="SELECT nothing FROM nowhere WHERE x = :email")
    directory = SqlRequesterDirectory(query, url=database_url)
    with pytest.raises((PermanentError, TransientError)) as caught:
        await directory.look_up(MARIA)
    assert MARIA not in str(caught.value), "what is looked up is not told"
    await directory.close()


async def test_a_database_that_is_away_may_come_back() -> None:
    pytest.importorskip("asyncpg")
    url = f"postgresql+asyncpg://crm:secret@127.0.0.1:{servers.free_port()}/crm"
    directory = SqlRequesterDirectory(SqlDirectory(kind="sql", query=QUERY), url=url)
    with pytest.raises(TransientError) as caught:
        await directory.look_up(MARIA)
    assert "secret" not in str(caught.value)
    await directory.close()


@pytest.mark.parametrize("url", ["nonsense", "postgresql://u:secret@h/d", "nodb+nodriver://u:secret@h/d"])
def test_a_database_that_nobody_can_drive_stops_the_start_without_telling_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="DESKBELL_DIRECTORY_URL") as caught:
        SqlRequesterDirectory(SqlDirectory(kind="sql", query=QUERY), url=url)
    assert "secret" not in str(caught.value)


# What texts mean.


@given(st.text())
def test_a_text_becomes_a_number_only_if_nothing_is_lost(written: str) -> None:
    value = directory_records.typed(written)
    assert str(value).lower() == written.lower()


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_written_as_a_text_is_that_number(number: float) -> None:
    assert directory_records.typed(str(number)) == number


@pytest.mark.parametrize("written", ["007", "1.10", "+5", "1e3", "nan", "inf", "٣", "1_000", "True"])
def test_what_is_written_otherwise_stays_a_text(written: str) -> None:
    assert directory_records.typed(written) == written
