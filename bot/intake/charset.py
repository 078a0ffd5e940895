"""Bytes of a mail as text, whatever their label says."""

from __future__ import annotations

import binascii
import codecs
import re

# Labels that senders use for the larger set (WHATWG Encoding, 4.2).
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
# Python codecs that are no charset of a mail; some take quadratic time.
_REFUSED = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}

# RFC 2047, 2. The encoded text must not hold "?", which also keeps the search linear.
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_GAP_BETWEEN_WORDS = re.compile(r"\?=\s+=\?")


def decode(data: bytes, label: str | None = None) -> str:
    """Text without lone surrogates: by the label, else as UTF-8, else as Windows-1252 with replacements."""
    for name in (label, "utf-8"):
        try:
            text = data.decode(_codec(name)) if name else None
        except (LookupError, ValueError):
            continue
        if text is not None:
            return text if text.isascii() else text.encode("utf-8", "replace").decode()
    return data.decode("cp1252", "replace")


def _codec(label: str) -> str:
    name = codecs.lookup(label.strip().partition("*")[0]).name
    if name in _REFUSED:
        raise LookupError(name)
    return _MEANT.get(name, name)


def decode_words(value: str) -> str:
    """A header value with its encoded words (RFC 2047) decoded; the result may hold any character.

    Neighbouring words of one charset are joined as bytes first: many senders split inside a character.
    """
    if "=?" not in value:
        return value
    pieces = _ENCODED_WORD.split(_GAP_BETWEEN_WORDS.sub("?==?", value))
    text = [pieces[0]]
    label, pending = "", b""
    for charset, encoding, encoded, plain in zip(*(pieces[i::4] for i in range(1, 5)), strict=True):
        if charset.lower() != label:
            text.append(decode(pending, label))
            label, pending = charset.lower(), b""
        pending += _word_bytes(encoded, encoding.lower())
        if plain:
            text += decode(pending, label), plain
            pending = b""
    return "".join((*text, decode(pending, label)))


def _word_bytes(encoded: str, encoding: str) -> bytes:
    data = encoded.encode("utf-8", "replace")
    if encoding == "q":
        return binascii.a2b_qp(data, header=True)
    return decode_base64(data)


def decode_base64(data: bytes) -> bytes:
    """What base64 can be read of it: foreign characters are skipped, missing padding is forgiven."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(clean) % 4 == 1:  # one character carries no whole byte
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"==")
