"""Cards and threads show what is new in a mail; the rest is one link away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance.seen import thread, trace_page, words

if TYPE_CHECKING:
    from tests.desk import Desk

QUOTED = """On Mon, 2 Mar 2026 at 09:00, Acme Support <support@acme.example> wrote:
> URGENT is what you write first
> when it cannot wait."""


async def test_a_card_shows_the_new_words_and_the_trace_page_dims_the_rest(desk: Desk) -> None:
    await desk.deliver(text=f"Where is my money?\n\n{QUOTED}\n")
    await desk.settle()
    card = desk.card("DB-1001")
    assert "Where is my money?" in words(card)
    assert "cannot wait" not in words(card)
    assert "Not shown: quoted history." in words(card)
    page = await trace_page(desk, card)
    assert '<span class="cut" title="Not on the card: quote">On Mon, 2 Mar 2026' in page


async def test_a_thread_shows_the_new_words_with_a_link_to_all(desk: Desk) -> None:
    await desk.deliver()
    await desk.deliver(
        id="mail-2",
        messageId="<2@customer.example>",
        inReplyTo="<1@customer.example>",
        text=f"Any news?\n\n{QUOTED}\n",
    )
    await desk.settle()
    (follow_up,) = thread(desk, desk.card("DB-1001"))
    assert "Any news?" in words(follow_up)
    assert "cannot wait" not in words(follow_up)
    assert "/traces/" in words(follow_up)


async def test_the_urgent_word_counts_where_the_customer_wrote_it(desk: Desk) -> None:
    await desk.deliver(text=f"{QUOTED}\n\nNo hurry.\n")
    await desk.deliver(
        id="mail-2", messageId="<2@customer.example>", subject="Another", text=f"{QUOTED}\n\nUrgent! Help.\n"
    )
    await desk.settle()
    assert "*Urgent*" not in words(desk.card("DB-1001"))
    assert "*Urgent*" in words(desk.card("DB-1002"))
