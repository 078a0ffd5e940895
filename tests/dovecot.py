"""A real IMAP server on loopback: dovecot with a configuration of its own and mailboxes as folders."""

from __future__ import annotations

import grp
import imaplib
import itertools
import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING

from tests import servers

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = 'pass "word" \\ of the tests'
_PATIENCE_SECONDS = 10
_MOST_USERS = 1000

_CONFIGURATION = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


class Dovecot:
    """One server, with more users than any run of the tests needs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.port = servers.free_port()
        self.tls_port = servers.free_port()
        self.certificate = folder / "cert.pem"
        """Signs itself for 127.0.0.1; no authority vouches for it."""

    def start(self) -> None:
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin") or servers.missing(
            "dovecot"
        )
        self._certify()
        user, group = self._account.pw_name, grp.getgrgid(self._account.pw_gid).gr_name
        (self._folder / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                folder=self._folder, user=user, group=group, port=self.port, tls_port=self.tls_port
            )
        )
        # All at once: the server looks into the file no more than once a second.
        users = (f"user{number}:{{PLAIN}}{PASSWORD}\n" for number in range(1, _MOST_USERS))
        (self._folder / "passwords").write_text("".join(users))
        (self._folder / "state").mkdir()
        self._give(self._folder, *self._folder.iterdir())
        command = [program, "-F", "-c", str(self._folder / "dovecot.conf")]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *command]
        self._process = subprocess.Popen(command, cwd="/")  # noqa: S603 - our own command
        self._await_greeting()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE_SECONDS)

    def mailbox(self) -> DovecotMailbox:
        """The INBOX of a new user."""
        user = f"user{next(self._numbers)}"
        path = self._folder / "mail" / user
        for name in ("tmp", "new", "cur"):
            (path / name).mkdir(parents=True)
        self._give(path.parent, path, *path.iterdir())
        return DovecotMailbox(self, user, path)

    def _certify(self) -> None:
        subprocess.run(  # noqa: S603 - our own command
            [
                *(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                ),
                *("-subj", "/CN=deskbell tests", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"),
                *("-keyout", str(self._folder / "key.pem"), "-out", str(self.certificate)),
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )

    def _give(self, *paths: Path) -> None:
        for path in paths:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _await_greeting(self) -> None:
        deadline = monotonic() + _PATIENCE_SECONDS
        while monotonic() < deadline:
            try:
                imaplib.IMAP4("127.0.0.1", self.port).shutdown()
            except OSError:
                sleep(0.01)
            else:
                return
        raise TimeoutError((self._folder / "log").read_text())


class DovecotMailbox:
    """What one user has, and hands to change it as other mail programs do."""

    def __init__(self, server: Dovecot, user: str, path: Path) -> None:
        self.server = server
        self.user = user
        self._path = path
        self._numbers = itertools.count(1)

    def deliver(self, *mails: bytes) -> None:
        """As a mail server does: written aside, then put in place whole."""
        for mail in mails:
            name = f"{1_700_000_000 + next(self._numbers)}.M1P1.tests"
            (self._path / "tmp" / name).write_bytes(mail)
            (self._path / "tmp" / name).rename(self._path / "new" / name)

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Another mail program of the same user."""
        with imaplib.IMAP4("127.0.0.1", self.server.port) as client:
            client.login(self.user, PASSWORD)
            yield client


@contextmanager
def running() -> Iterator[Dovecot]:
    """A running server, stopped in the end; in a folder that the user it runs as can reach."""
    with TemporaryDirectory(prefix="deskbell-") as folder:
        server = Dovecot(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()
