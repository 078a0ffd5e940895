# ruff: noqa: RUF001 - words of other alphabets
from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import visible_text
from routing.email import Address
from routing.visible_text import CutKind, VisibleText


def read(text: str, subject: str = "Re: Your order") -> VisibleText:
    return visible_text.of(text, subject=subject)


def kinds(text: str) -> list[CutKind]:
    return [cut.kind for cut in read(text).cuts]


ATTRIBUTIONS = [
    "On Mon, Jun 3, 2024 at 10:02 AM Ana Silva <ana@shop.example> wrote:",
    "On Jun 3, 2024, at 10:02 AM, Ana Silva <ana@shop.example> wrote:",
    "On 03/06/2024 10:02, Ana Silva wrote:",
    "On Monday, June 3rd, 2024 at 10:02, Ana Silva <ana@shop.example> wrote:",
    "---- On Mon, 03 Jun 2024 10:02:11 +0200 Ana Silva <ana@shop.example> wrote ----",
    "Ana Silva <ana@shop.example> wrote on 03.06.2024 10:02:11:",
    "2024-06-03 10:02 GMT+02:00 Ana Silva <ana@shop.example>:",
    "Am Mo., 3. Juni 2024 um 10:02 Uhr schrieb Ana Silva <ana@shop.example>:",
    "Am 03.06.2024 um 10:02 schrieb Ana Silva:",
    "Ana Silva <ana@shop.example> schrieb am 03.06.2024 10:02:",
    "Ana Silva <ana@shop.example> schrieb am Mo., 3. Juni 2024, 10:02:",
    "Ana Silva hat am 03.06.2024 10:02 CEST geschrieben:",
    "Le lun. 3 juin 2024 à 10:02, Ana Silva <ana@shop.example> a écrit\u00a0:",
    "Le 3 juin 2024 à 10:02, Ana Silva <ana@shop.example> a écrit :",
    "El lun, 3 jun 2024 a las 10:02, Ana Silva (<ana@shop.example>) escribió:",
    "El 3/6/24 a las 10:02, Ana Silva escribió:",
    "Il giorno lun 3 giu 2024 alle ore 10:02 Ana Silva <ana@shop.example> ha scritto:",
    "Il 03/06/2024 10:02, Ana Silva ha scritto:",
    "Em seg., 3 de jun. de 2024 às 10:02, Ana Silva <ana@shop.example> escreveu:",
    "Em segunda-feira, 3 de junho de 2024 10:02, Ana Silva <ana@shop.example> escreveu:",
    "Op ma 3 jun 2024 om 10:02 schreef Ana Silva <ana@shop.example>:",
    "Op 3 jun. 2024 om 10:02 heeft Ana Silva <ana@shop.example> het volgende geschreven:",
    "pon., 3 cze 2024 o 10:02 Ana Silva <ana@shop.example> napisał(a):",
    "W dniu 3.06.2024 o 10:02, Ana Silva pisze:",
    "пн, 3 июн. 2024 г. в 10:02, Анна Петрова <anna@shop.example>:",
    "3 июня 2024 г., в 10:02, Анна Петрова <anna@shop.example> написал(а):",
    "03.06.2024 10:02, Анна Петрова пишет:",
    "王芳 <wang@shop.example> 于2024年6月3日周一 10:02写道：",
    "在 2024-06-03 10:02:11，王芳 <wang@shop.example> 写道：",
    "2024年6月3日 10:02，王芳 <wang@shop.example> 写道：",
    "2024年6月3日(月) 10:02 山田花子 <hanako@shop.example>:",
    "2024/06/03 10:02、山田花子 <hanako@shop.example>のメール:",
    "Den mån 3 juni 2024 kl 10:02 skrev Ana Silva <ana@shop.example>:",
    "Ana Silva <ana@shop.example>, 3 Haz 2024 Pzt, 10:02 tarihinde şunu yazdı:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quotation", ["> Which colour?\n> Blue?", "Which colour?\n\nBlue?"])
def test_history_below_an_attribution_is_cut(attribution: str, quotation: str) -> None:
    assert read(f"Blue, please.\n\n{attribution}\n\n{quotation}\n").visible == "Blue, please."


@pytest.mark.parametrize("attribution", [line for line in ATTRIBUTIONS if " <" in line])
def test_an_attribution_may_be_wrapped_and_stand_close(attribution: str) -> None:
    wrapped = attribution.replace(" <", "\n<").replace("> ", ">\n")
    assert read(f"Blue, please.\n{wrapped}\n> Which colour?\n> Blue?").visible == "Blue, please."


def test_quoted_words_may_follow_the_attribution_on_its_line() -> None:
    history = "On Mon, Jun 3, 2024 at 10:02 AM, Ana Silva<ana@shop.example> wrote:   Hello,\nwhich colour?"
    assert read(f"Blue, please.\n\n  {history}").visible == "Blue, please."


@pytest.mark.parametrize("quoted", ["Ana Silva wrote:", "You wrote:", "Am 3. Juni schrieb Ana:"])
def test_a_vague_attribution_counts_only_above_quoted_lines(quoted: str) -> None:
    assert read(f"Blue.\n\n{quoted}\n> Which colour?").visible == "Blue."
    text = f"See below.\n\n{quoted}\nIt may go back."
    assert read(text).visible == text


@pytest.mark.parametrize(
    "line",
    [
        "On your machine you can run:",
        "On 3 June 2024 at 10:02 I wrote:",
        "Am 3.6.2024 um 10:02 schrieb ich Ihnen, dass Folgendes fehlt:",
        "Your colleague wrote that on 3 June 2024 at 10:02 these were sent:",
        "I need these on 3 June 2024:",
        "From: Lisbon",
        "3 > 2 and 10:02 < 11:02:",
        "__________________",
        "-----",
        "> 5",
    ],
)
def test_what_a_person_may_write_stays(line: str) -> None:
    text = f"Hello,\n\n{line}\n\none blue mug\ntwo red ones"
    assert read(text).visible == text


def test_a_journey_is_no_header_block() -> None:
    text = "Please book:\n\nFrom: Lisbon\nTo: Porto\nDate: 3 June 2024\n\nand a window seat"
    assert read(text).visible == text


HEADER_BLOCKS = [
    "From: {}\nSent: Monday, June 3, 2024 10:02 AM\nTo: Bo\nSubject: Your order",
    "*From:* {}\n*Sent:* Monday, June 3, 2024 10:02 AM\n*To:* Bo\n*Subject:* Your order",
    "From: {}\n\nSent: Monday, June 3, 2024 10:02 AM\n\nTo: Bo\n\nSubject: Your order",
    "From: {}\nSent: Monday\nTo: Bo;\n a@shop.example;\n b@shop.example;\n c@shop.example\nSubject: Your order",
    "Von: {}\nGesendet: Montag, 3. Juni 2024 10:02\nAn: Bo\nBetreff: Ihre Bestellung",
    "De : {}\nEnvoyé : lundi 3 juin 2024 10:02\nÀ : Bo\nObjet : Votre commande",
    "De: {}\nEnviado el: lunes, 3 de junio de 2024 10:02\nPara: Bo\nAsunto: Su pedido",
    "Da: {}\nInviato: lunedì 3 giugno 2024 10:02\nA: Bo\nOggetto: Il suo ordine",
    "De: {}\nEnviada em: segunda-feira, 3 de junho de 2024 10:02\nPara: Bo\nAssunto: O seu pedido",
    "Van: {}\nVerzonden: maandag 3 juni 2024 10:02\nAan: Bo\nOnderwerp: Uw bestelling",
    "Od: {}\nWysłano: poniedziałek, 3 czerwca 2024 10:02\nDo: Bo\nTemat: Zamówienie",
    "От: {}\nОтправлено: понедельник, 3 июня 2024 г. 10:02\nКому: Bo\nТема: Ваш заказ",
    "发件人: {}\n发送时间: 2024年6月3日 10:02\n收件人: Bo\n主题: 您的订单",
    "差出人: {}\n送信日時: 2024年6月3日 10:02\n宛先: Bo\n件名: ご注文",
]


@pytest.mark.parametrize("block", HEADER_BLOCKS)
@pytest.mark.parametrize("above", ["\n", "\n________________________________\n", "\n-----\n\n"])
def test_history_below_a_header_block_is_cut(block: str, above: str) -> None:
    text = f"Blue, please.\n{above}{block.format('Ana Silva <ana@shop.example>')}\n\nWhich colour?"
    assert read(text).visible == "Blue, please."


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_the_same_block_in_a_forwarded_mail_is_kept_and_names_the_original_sender(block: str) -> None:
    text = f"Please see to it.\n\n{block.format('Ana Silva <Ana@Shop.example>')}\n\nMy mug is broken."
    result = read(text, subject="WG: mug")
    assert result.visible == text
    assert result.forwarded is not None
    assert result.forwarded.sender == Address(email="ana@shop.example", name="Ana Silva")
    assert result.forwarded.subject
    assert result.forwarded.date


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----",
        "-------- Ursprüngliche Nachricht --------",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Messaggio originale-----",
        "-----Mensagem original-----",
        "-----Oorspronkelijk bericht-----",
        "-----Wiadomość oryginalna-----",
        "-----Исходное сообщение-----",
        "------------------ 原始邮件 ------------------",
        "-----元のメッセージ-----",
    ],
)
def test_history_below_a_separator_is_cut(separator: str) -> None:
    assert read(f"Blue, please.\n{separator}\nWhich colour?").visible == "Blue, please."


@pytest.mark.parametrize(
    "separator",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
        "Anfang der weitergeleiteten Nachricht:",
        "-------- Message transféré --------",
        "Début du message réexpédié :",
        "---------- Mensaje reenviado ----------",
        "Inizio messaggio inoltrato:",
        "-------- Mensagem encaminhada --------",
        "Begin doorgestuurd bericht:",
        "-------- Treść przekazanej wiadomości --------",
        "-------- Пересылаемое сообщение --------",
        "---------- 转发的邮件 ----------",
        "-------- 転送メッセージ --------",
    ],
)
@pytest.mark.parametrize("margin", ["", "> "])
def test_a_forwarded_mail_is_kept_whatever_the_subject_says(separator: str, margin: str) -> None:
    block = [
        "Subject: Mug",
        "Date: Mon, 3 Jun 2024 10:02",
        "From: ana@shop.example",
        "To: Bo",
        "",
        "It broke.",
    ]
    forward = "\n".join([separator, "", *(f"{margin}{line}".rstrip() for line in block)])
    result = read(f"For you.\n\nSent from my iPhone\n\n{forward}", subject="Mug")
    assert result.visible == f"For you.\n\n{forward}"
    assert result.forwarded == visible_text.Forwarded(
        sender=Address(email="ana@shop.example"), subject="Mug", date="Mon, 3 Jun 2024 10:02"
    )


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("Ana Silva [mailto:ana@shop.example]", Address(email="ana@shop.example", name="Ana Silva")),
        ('"Silva, Ana" <ana@shop.example>', Address(email="ana@shop.example", name="Silva, Ana")),
        ("ana@shop.example<mailto:ana@shop.example>", Address(email="ana@shop.example")),
        ("Ana Silva", None),
    ],
)
def test_the_original_sender_is_read_as_programs_write_it(value: str, sender: Address | None) -> None:
    text = f"---------- Forwarded message ---------\nFrom: {value}\nDate: today\nSubject: Mug\n\nIt broke."
    forwarded = read(text).forwarded
    assert forwarded is not None
    assert forwarded.sender == sender


def test_a_forwarded_mail_without_headers_is_kept_and_offers_nobody() -> None:
    result = read("FYI\n\n---------- Forwarded message ---------\nIt broke.")
    assert result.visible.endswith("It broke.")
    assert result.forwarded == visible_text.Forwarded(sender=None, subject="", date="")


def test_a_forward_inside_the_history_is_history() -> None:
    result = read(
        "Blue.\n\nOn 3 June 2024 at 10:02, Ana wrote:\n\n-------- Forwarded message --------\nFrom: Bo"
    )
    assert result.visible == "Blue."
    assert result.forwarded is None


def test_answers_between_quoted_lines_stay_together_with_them() -> None:
    answered = "On 3 June 2024 at 10:02, Ana wrote:\n> Which colour?\n\nBlue.\n\n> How many?\n\nTwo."
    result = read(f"{answered}\n\n> Regards,\n> Ana")
    assert result.visible == answered
    assert result.is_interleaved


def test_one_answer_inside_a_quotation_keeps_its_question() -> None:
    result = read("> Which colour\n> do you like?\nBlue.\n> Regards,\n> Ana")
    assert result.visible == "> Which colour\n> do you like?\nBlue."
    assert result.is_interleaved


def test_an_answer_below_the_whole_quotation_is_shown_alone() -> None:
    result = read("On 3 June 2024 at 10:02, Ana wrote:\n> Which colour?\n> Regards\n\nBlue.\n\n-- \nBo")
    assert result.visible == "Blue."
    assert not result.is_interleaved


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nBo Berg\nBerg & Sons\n+1 555 0100",
        "-- \nBo Berg\n\nBerg & Sons\n\nhttps://berg.example",
        "--\nBo",
        "—\nBo Berg",
        "-Bo Berg",
        "____________________________\nusers mailing list\nhttps://lists.example/users",
        "Sent from my iPhone",
        "Sent from my Verizon Wireless BlackBerry",
        "Sent from Mail for Windows",
        "Sent from Outlook for iOS<https://aka.example>",
        "Get Outlook for Android<https://aka.example>",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
        "Outlook für Android herunterladen",
        "Envoyé de mon iPhone",
        "Envoyé à partir de Outlook pour Android",
        "Enviado desde mi iPhone",
        "Obtener Outlook para iOS",
        "Inviato da iPhone",
        "Enviado do meu iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Wysłane z iPhone'a",
        "Отправлено с iPhone",
        "发自我的iPhone",
        "iPhoneから送信",
    ],
)
def test_signatures_are_cut(signature: str) -> None:
    text = f"Blue, please.\n\n{signature}\n"
    assert read(text).visible == "Blue, please."
    assert kinds(text) == [CutKind.SIGNATURE]


@pytest.mark.parametrize(
    "ending",
    [
        "Sent from my desk, which is much better than my mobile phone.",
        "Sent by mail yesterday.",
        "Sent from my phone, could you call me back?",
        "a fix -- at last -- for the mug",
        "My list:\n\n-Bo Berg",
        "-Red mugs",
        "--\n" + "A long paragraph that stands under a stroke. " * 4,
        "Please keep this confidential.",
    ],
)
def test_what_only_resembles_a_signature_stays(ending: str) -> None:
    text = f"Blue, please.\n\n{ending}"
    assert read(text).visible == text.rstrip()


@pytest.mark.parametrize(
    "disclaimer",
    [
        "This e-mail is confidential and only for the intended recipient.",
        "Diese Nachricht ist vertraulich und nur für den genannten Empfänger bestimmt.",
        "Ce courriel est confidentiel et réservé à son destinataire.",
        "Este mensaje es confidencial y va dirigido a su destinatario.",
        "Questo messaggio è riservato al destinatario.",
        "Esta mensagem é confidencial e dirige-se ao destinatário.",
        "Dit bericht is vertrouwelijk en alleen voor de geadresseerde.",
        "Ta wiadomość jest poufna i przeznaczona dla adresata.",
        "Это сообщение конфиденциально и предназначено только адресату.",
        "本邮件含有保密信息，仅供收件人使用。",
        "このメールには機密情報が含まれ、受信者のみを対象とします。",
        "Please consider the environment before printing this e-mail.",
    ],
)
def test_disclaimers_are_cut_also_below_a_signature(disclaimer: str) -> None:
    text = f"Blue, please.\n\nSent from my iPhone\n\n{disclaimer}\n\n{disclaimer}\n\n"
    assert read(text).visible == "Blue, please."
    assert kinds(text) == [CutKind.SIGNATURE, CutKind.DISCLAIMER, CutKind.DISCLAIMER]


def test_cuts_say_what_was_left_out_and_where() -> None:
    cuts = read("Blue.\n\nSent from my iPhone\n\nYou wrote:\n> Which\n> colour?").cuts
    assert cuts == (
        visible_text.Cut(kind=CutKind.SIGNATURE, start_line=2, end_line=4, text="Sent from my iPhone"),
        visible_text.Cut(kind=CutKind.QUOTE, start_line=4, end_line=7, text="You wrote:\n> Which\n> colour?"),
    )


@pytest.mark.parametrize(
    "text", ["", "\n \n", "> all\n> quoted", "-- \nBo", "Sent from my iPhone\n\n> x\n> y"]
)
def test_nothing_is_cut_if_nothing_would_be_left(text: str) -> None:
    assert read(text).visible == text.strip()
    assert not read(text).cuts


def test_the_first_line_keeps_its_indentation() -> None:
    assert read("\n  \n    a = 1\nb = 2\n\n").visible == "    a = 1\nb = 2"


_LINES = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "",
            "> quoted",
            "words",
            "-- ",
            "____________________",
            "Sent from my iPhone",
            "From: Ana <ana@shop.example>",
            "Date: today",
            "Subject: Mug",
            "-----Original Message-----",
            "Begin forwarded message:",
            "This message is confidential, for the intended recipient.",
            *ATTRIBUTIONS,
        ]
    ),
)


@given(st.lists(_LINES).map("\n".join), st.sampled_from(["Mug", "FW: Mug"]))
def test_lines_are_shown_or_cut_and_never_changed(text: str, subject: str) -> None:
    result = read(text, subject)
    lines = text.split("\n")
    shown = list(range(len(lines)))
    for cut in result.cuts:
        shown = [line for line in shown if not cut.start_line <= line < cut.end_line]
        assert cut.text == "\n".join(lines[cut.start_line : cut.end_line]).strip()
    assert result.visible.strip() == "\n".join(lines[line] for line in shown).strip()
    assert result.visible.strip() or not text.strip()


@given(st.lists(_LINES.filter(lambda line: ">" not in line)).map("\n".join))
def test_what_is_left_of_a_mail_without_quoted_lines_is_left_alone(text: str) -> None:
    visible = read(text).visible
    assert read(visible).visible == visible


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "\n",
        "a\n",
        "> a\nb\n",
        ">" * 50 + "\n",
        "You wrote:\n",
        "On 3 June 2024 at 10:02\nAna\nSilva\nsaid to wrote us:\n",
        "On 3 June 2024 at 10:02 " + "a " * 150 + "I wrote:\n",
        "写道 2024年 10時 @：\n",
        "From: a\nTo: b\n\n",
        "--\na\n> b\n> c\n",
        "Sent from my iPhone\n",
        "This message is confidential for the recipient.\n\n",
        "____________________\n",
    ],
)
def test_a_megabyte_of_hostile_text_takes_a_moment(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 0.5  # a tenth of a second where nothing else runs
