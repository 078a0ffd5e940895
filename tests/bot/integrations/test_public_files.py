"""Files at addresses that strangers wrote: over real TLS, and never from the inside."""

from __future__ import annotations

import ssl
import subprocess
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import PermanentError, TransientError
from bot.integrations.public_files import PublicFiles
from tests import servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from ipaddress import IPv4Address, IPv6Address
    from pathlib import Path

CONTENT = b"%PDF-1.7 " + bytes(300_000)


@dataclass
class Host:
    """A web server for `localhost`, and who was let in."""

    files: PublicFiles
    url: str
    asked: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that vouches for itself, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2")
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    command = ["openssl", "req", "-x509", *kind, *subject, "-keyout", str(path), "-out", f"{path}.crt"]
    try:
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    except FileNotFoundError:
        servers.missing("openssl")
    with path.open("ab") as both:
        both.write(path.with_suffix(".pem.crt").read_bytes())
    return path


@pytest.fixture
async def host(certificate: Path) -> AsyncIterator[Host]:
    """Loopback plays the internet here."""
    async with _serving(certificate) as (port, asked):
        trust = ssl.create_default_context(cafile=str(certificate))
        files = PublicFiles(may_reach=lambda address: address.is_loopback, tls=trust)
        yield Host(files, f"https://localhost:{port}", asked)


@asynccontextmanager
async def _serving(certificate: Path) -> AsyncIterator[tuple[int, Counter[str]]]:
    asked: Counter[str] = Counter()

    async def answer(request: web.Request) -> web.Response:
        asked[request.headers["Host"]] += 1
        status, _, location = request.query_string.partition("=")
        headers = {"Location": location} if location else {}
        if status == "gzip":
            return web.Response(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
        return web.Response(status=int(status or 200), body=CONTENT, headers=headers)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    port = servers.free_port()
    await web.TCPSite(runner, "localhost", port, ssl_context=tls).start()
    yield port, asked
    await runner.cleanup()


async def fetch(files: PublicFiles, url: str) -> bytes:
    async with files.open(url) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_file_comes_from_a_checked_address_under_its_own_name(host: Host) -> None:
    assert await fetch(host.files, f"{host.url}/invoice.pdf") == CONTENT
    assert set(host.asked) == {host.url.removeprefix("https://")}


async def test_a_redirect_is_followed_to_where_it_may_lead(host: Host) -> None:
    assert await fetch(host.files, f"{host.url}/?302=/file") == CONTENT
    assert host.asked.total() == 2


@pytest.mark.parametrize(
    "location",
    [
        "https://10.0.0.1/",
        "https://[fd00:ec2::254]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "file:///etc/passwd",
        "https://user:password@localhost/",
        "https://167772161/",
    ],
)
async def test_no_address_and_no_redirect_leads_inside(host: Host, location: str) -> None:
    for url in (location, f"{host.url}/?302={location}"):
        with pytest.raises(PermanentError, match="its address is not"):
            await fetch(host.files, url)


async def test_redirects_come_to_an_end(host: Host) -> None:
    assert await fetch(host.files, f"{host.url}/?302=?302=/") == CONTENT
    with pytest.raises(PermanentError, match="leads from one to the next"):
        await fetch(host.files, f"{host.url}/?302=?302=?302=?302=?302=/")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        *((query, PermanentError) for query in ("404", "410", "304", "gzip")),
        *((query, TransientError) for query in ("500", "503", "429")),
    ],
)
async def test_no_file_is_no_file(host: Host, query: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="its address"):
        await fetch(host.files, f"{host.url}/?{query}")


async def test_a_host_that_cannot_prove_its_name_is_not_believed(host: Host) -> None:
    strangers = PublicFiles(may_reach=lambda _: True)
    with pytest.raises(TransientError, match="does not answer"):
        await fetch(strangers, host.url)


async def test_a_host_that_is_silent_may_come_back(host: Host) -> None:
    with pytest.raises(TransientError, match="does not answer"):
        await fetch(host.files, f"https://localhost:{servers.free_port()}")


@settings(deadline=None, max_examples=30)  # each makes a client, and reads the authorities for it
@given(
    st.ip_addresses(network="10.0.0.0/8")
    | st.ip_addresses(network="fc00::/7")
    | st.ip_addresses(network="::ffff:127.0.0.0/104")
)
async def test_an_inner_address_is_refused_without_a_connection(
    address: IPv4Address | IPv6Address,
) -> None:
    written = f"[{address}]" if address.version == 6 else str(address)
    with pytest.raises(PermanentError, match="not in the public internet"):
        await fetch(PublicFiles(), f"https://{written}/")
