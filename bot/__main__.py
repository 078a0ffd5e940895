"""`python -m bot` is `deskbell`."""

from bot.cli import app

app()
