"""Who sent this message? The signature of Amazon SNS, which is on each message that it posts.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.intake import headers, payload
from bot.intake.interfaces import UnparseableError
from bot.intake.signature import SignatureInvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cryptography.x509 import Certificate
    from pydantic import JsonValue

SUBSCRIPTION: Final = "SubscriptionConfirmation"
NOTIFICATION: Final = "Notification"

_HOST: Final = r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/"
_CERTIFICATE_URL: Final = re.compile(_HOST + r"[A-Za-z0-9_-]{1,200}\.pem")
_SUBSCRIBE_URL: Final = re.compile(_HOST + r"\?[!-~]{1,4096}")
_SUBJECT: Final = re.compile(r"sns[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?")
_TOLERANCE: Final = timedelta(days=1)
"""SNS tries again for an hour, with the old timestamp; a replay is a duplicate by its MessageId."""
_SIGNED: Final = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


def read(raw: bytes) -> dict[str, JsonValue]:
    """The fields of a message that nobody vouches for yet.

    Raises:
        SignatureInvalidError: it is no message of SNS.
    """
    try:
        return payload.load(raw)
    except UnparseableError:
        raise SignatureInvalidError from None


def is_of_topic(message: Mapping[str, JsonValue], topics: Sequence[str]) -> bool:
    """Whether it says that it comes from one of these topics (ARNs)."""
    topic = _text(message, "TopicArn").encode()
    ours = False
    for one in topics:  # no early exit: the time taken must not tell which of them it is
        ours |= bool(one) & hmac.compare_digest(one.encode(), topic)
    return ours


def certificate_url(message: Mapping[str, JsonValue]) -> str:
    """Where the certificate is, on one of SNS's own hosts.

    Raises:
        SignatureInvalidError: it is elsewhere.
    """
    return _checked(_text(message, "SigningCertURL"), _CERTIFICATE_URL)


def subscribe_url(message: Mapping[str, JsonValue]) -> str:
    """What confirms a subscription when it is fetched, on one of SNS's own hosts.

    Raises:
        SignatureInvalidError: it is elsewhere.
    """
    return _checked(_text(message, "SubscribeURL"), _SUBSCRIBE_URL)


def _checked(url: str, pattern: re.Pattern[str]) -> str:
    if pattern.fullmatch(url) is None:
        raise SignatureInvalidError
    return url


def load_certificate(pem: bytes) -> Certificate:
    """The first of a PEM file.

    Raises:
        ValueError: there is none in it.
    """
    from cryptography import x509  # noqa: PLC0415 - it is large, and few desks need it

    return x509.load_pem_x509_certificate(pem)


def verify(message: Mapping[str, JsonValue], certificate: Certificate, *, now: datetime) -> str:
    """Check that SNS has signed a message lately, and give its id.

    The chain of the certificate is that of the TLS connection that it came over: SNS serves no intermediate ones. What
    is left to check is its subject and its validity.

    Raises:
        SignatureInvalidError: for every fault.
    """
    message_id = _text(message, "MessageId")
    valid = _is_of_sns(certificate, now) and _is_signed(message, certificate)
    if not (valid and message_id and _is_timely(message, now)):
        raise SignatureInvalidError
    return message_id


def _is_of_sns(certificate: Certificate, now: datetime) -> bool:
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    in_time = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    return in_time and any(_SUBJECT.fullmatch(name) for name in names)


def _is_signed(message: Mapping[str, JsonValue], certificate: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

    algorithms = {"1": hashes.SHA1(), "2": hashes.SHA256()}  # noqa: S303 - SNS signs so unless a topic says "2"
    algorithm = algorithms.get(_text(message, "SignatureVersion"))
    key = certificate.public_key()
    if algorithm is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        signature = b64decode(_text(message, "Signature"), validate=True)
        key.verify(signature, _string_to_sign(message), padding.PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError):
        return False
    return True


def _string_to_sign(message: Mapping[str, JsonValue]) -> bytes:
    """Name and value of each field that is there, on lines of their own, in the order of the alphabet."""
    left_out = "Subject" if message.get("Type") != NOTIFICATION else ""
    names = [name for name in _SIGNED if name != left_out and isinstance(message.get(name), str)]
    return "".join(f"{name}\n{message[name]}\n" for name in names).encode()


def _is_timely(message: Mapping[str, JsonValue], now: datetime) -> bool:
    try:
        return abs(now - headers.moment(_text(message, "Timestamp"))) <= _TOLERANCE
    except ValueError:
        return False


def _text(message: Mapping[str, JsonValue], name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""
