"""The files of a mail from outside: what is kept, what is scanned, and who gets it."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from bot import config as config_module
from bot.errors import SettingsError
from tests import clamav, packed
from tests import desk as desk_module
from tests.acceptance.seen import drained, trace_page, trace_path, unfinished, words
from tests.clamav import EICAR, VIRUS
from tests.desk import SUPPORT_YAML

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import httpx

    from bot.sandbox import Sandbox
    from tests.clamav import ClamAv
    from tests.desk import Desk

PDF = b"%PDF-1.7\x00\xff not really"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00"


def file(content: bytes, filename: str = "invoice.pdf", **more: Any) -> dict[str, Any]:
    encoded = base64.b64encode(content).decode()
    return {"filename": filename, "contentType": "application/pdf", "content": encoded} | more


async def receive(desk: Desk, *files: dict[str, Any]) -> None:
    await desk.deliver(attachments=list(files))
    await desk.settle()


async def download(desk: Desk, position: int = 0) -> httpx.Response:
    path = trace_path(desk, desk.card("DB-1001"))
    return await desk.http.get(path.replace("?", f"/attachments/{position}?"))


async def page(desk: Desk) -> str:
    return await trace_page(desk, desk.card("DB-1001"))


@pytest.fixture
async def scanned(
    sandbox: Sandbox, clamav_server: ClamAv, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A desk with a virus scanner."""
    folder = tmp_path_factory.mktemp("scanned")
    async with desk_module.running(sandbox, folder, clamav_socket=clamav_server.socket) as desk:
        yield desk


async def test_without_a_scanner_a_file_is_given_out_and_said_to_be_unscanned(desk: Desk) -> None:
    await receive(desk, file(PDF))
    assert "not scanned for viruses" in await page(desk)
    assert (await download(desk)).content == PDF
    assert "⚠️" not in words(desk.card("DB-1001"))


async def test_the_same_file_lies_in_the_store_once(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await receive(desk, file(PDF), file(PDF, "copy.pdf"))
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


async def test_a_lost_blob_is_given_out_from_the_mail(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path) as desk:
        await receive(desk, file(PDF))
        for path in (tmp_path / "blobs").rglob("*"):
            if path.is_file():
                path.unlink()
        assert (await download(desk)).content == PDF


async def test_a_program_is_not_kept_whatever_it_calls_itself(desk: Desk) -> None:
    await receive(desk, file(PROGRAM), file(PDF, "real.pdf"))
    assert "`invoice.pdf` not kept: its type is application/vnd.microsoft" in words(desk.card("DB-1001"))
    assert "not kept: its type is application/vnd.microsoft.portable-executable" in await page(desk)
    assert (await download(desk)).status_code == 403
    assert (await download(desk, 1)).content == PDF


async def test_too_large_and_too_many_files_are_not_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    limits = {"max_size": "1KB", "max_count": 2}
    config = config_module.load(SUPPORT_YAML)
    config = config.model_copy(update={"attachments": type(config.attachments).model_validate(limits)})
    async with desk_module.running(sandbox, tmp_path, config=config) as desk:
        await receive(desk, file(PDF + bytes(1_024)), file(PDF), file(PDF))
        shown = await page(desk)
        assert "not kept: it is larger than 1 KB" in shown
        assert "not kept: the mail has more than 2 files" in shown
        assert [(await download(desk, position)).status_code for position in range(3)] == [403, 200, 403]


@pytest.mark.parametrize("url", ["https://127.0.0.1/invoice.pdf", "http://files.example/invoice.pdf"])
async def test_an_address_that_leads_inside_is_not_followed(desk: Desk, url: str) -> None:
    await receive(desk, {"filename": "invoice.pdf", "contentType": "application/pdf", "size": 9, "url": url})
    assert "not kept: its address is not" in await page(desk)
    assert await unfinished(desk) == []


async def test_a_file_that_was_never_sent_is_not_kept(desk: Desk) -> None:
    await receive(desk, {"filename": "invoice.pdf", "size": 9})
    assert "not kept: the provider did not send its content" in await page(desk)


async def test_a_clean_file_is_given_out(scanned: Desk) -> None:
    await receive(scanned, file(PDF))
    assert "no virus found" in await page(scanned)
    assert (await download(scanned)).content == PDF


@pytest.mark.parametrize(
    "content",
    [EICAR, packed.zipped(EICAR), packed.zipped(packed.zipped(EICAR)), packed.mailed(EICAR)],
    ids=["plain", "zipped", "nested", "in a mail"],
)
async def test_a_virus_is_given_to_nobody_and_the_operators_hear_once(scanned: Desk, content: bytes) -> None:
    await receive(scanned, file(content, "first.txt"), file(content, "second.txt"))
    assert [(await download(scanned, position)).status_code for position in range(2)] == [403, 403]
    assert f"`first.txt` infected: {VIRUS}" in words(scanned.card("DB-1001"))
    shown = await page(scanned)
    assert f"infected: {VIRUS}" in shown
    assert "attachment infected" in shown.replace("_", " ")
    notices = [words(message) for message in scanned.messages("C0OPS") if VIRUS in words(message)]
    assert len(notices) == 1
    assert "DB-1001" in notices[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed.bomb(), "it unpacks to more than 200 times its size"),
        (packed.encrypted(b"hello"), "the archive is encrypted"),
        (b"hello" + bytes(clamav.LARGEST), "it is larger than the scanner takes"),
    ],
    ids=["bomb", "encrypted", "large"],
)
async def test_what_cannot_be_scanned_is_not_called_clean(
    sandbox: Sandbox, clamav_server: ClamAv, tmp_path: Path, content: bytes, reason: str
) -> None:
    config = config_module.load(SUPPORT_YAML)
    anything = type(config.attachments).model_validate({"allowed_types": ["*/*"]})
    async with desk_module.running(
        sandbox,
        tmp_path,
        config=config.model_copy(update={"attachments": anything}),
        clamav_socket=clamav_server.socket,
    ) as desk:
        await receive(desk, file(content))
        assert f"could not be scanned: {reason}" in await page(desk)
        assert (await download(desk)).status_code == 403


async def test_a_scanner_that_dies_over_a_file_has_not_called_it_clean(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with clamav.running() as scanner:
        async with desk_module.running(sandbox, tmp_path, clamav_socket=scanner.socket) as desk:
            scanner.freeze()
            await desk.deliver(attachments=[file(PDF)])
            await _until_only_the_scan_runs(desk)
            scanner.kill()
            await desk.settle()
            assert "is being checked" in await page(desk)
            assert (await download(desk)).status_code == 403
            scanner.start()
            await drained(desk)
            assert "no virus found" in await page(desk)
            assert (await download(desk)).content == PDF


async def _until_only_the_scan_runs(desk: Desk) -> None:
    async with asyncio.timeout(15):
        while await unfinished(desk) != ["attachments.scan"]:
            await asyncio.sleep(0.01)


async def test_a_later_mail_with_a_virus_shows_on_the_card(scanned: Desk) -> None:
    await scanned.deliver()
    await scanned.settle()
    await scanned.deliver(
        id="mail-2",
        messageId="<2@customer.example>",
        references="<1@customer.example>",
        attachments=[file(EICAR, "late.txt")],
    )
    await scanned.settle()
    assert f"`late.txt` infected: {VIRUS}" in words(scanned.card("DB-1001"))


async def test_the_stored_mail_keeps_what_the_store_refuses(desk: Desk) -> None:
    await receive(desk, file(PROGRAM))
    raw = await desk.http.get(trace_path(desk, desk.card("DB-1001")).replace("?", "/raw?"))
    assert base64.b64decode(json.loads(raw.content)["attachments"][0]["content"]) == PROGRAM


async def test_a_place_for_attachments_that_does_not_exist_stops_the_start(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="DESKBELL_BLOB_URL"):
        async with desk_module.running(sandbox, tmp_path, deskbell_blob_url="nowhere://bucket"):
            pass


async def test_attachments_may_lie_in_a_bucket(sandbox: Sandbox, tmp_path: Path) -> None:
    async with desk_module.running(sandbox, tmp_path, deskbell_blob_url="memory:///bucket") as desk:
        await receive(desk, file(PDF))
        assert (await download(desk)).content == PDF
    assert not (tmp_path / "blobs").exists()
