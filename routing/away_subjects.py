"""How vacation responders begin a subject, in the languages of large mail programs."""

from __future__ import annotations

import re

_WORDS = (
    "auto(?:matic)?[ -]?(?:reply|response)",
    "out of (?:the )?office(?: auto-?reply| reply| message)?",
    "automatische (?:antwort|rückmeldung)",
    "abwesenheits(?:notiz|nachricht|meldung)",
    "réponse automatique",
    "absence du bureau",
    "respuesta automática",
    "fuera de (?:la )?oficina",
    "risposta automatica",
    "fuori sede",
    "resposta automática",
    "automatisch antwoord",
    "automatiskt? svar",
    "autosvar",
    "automaattinen vastaus",
    "odpowiedź automatyczna",
    "automatická odpově[dď]",
    "automatikus válasz",
    "răspuns automat",
    "otomatik yan[iı]t",  # noqa: RUF001 - Turkish
    "автоматический ответ",
    "автоматична відповідь",
    "自動応答",
    "自动答复",
    "自動回覆",
    "자동 회신",
)

PATTERN = re.compile(rf"^\s*(?:{'|'.join(_WORDS)})\s*(?:[:\uff1a(\u2013\u2014-]|$)", re.IGNORECASE)
"""A delimiter must follow: a customer may well begin with the same words ("Out of office chairs?")."""
