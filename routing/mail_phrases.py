# ruff: noqa: RUF001 - words of other alphabets
"""What mail programs write above old mails and below new ones, a row for each language.

Collected from the texts of Apple Mail, Gmail, Outlook, QQ Mail, Thunderbird, Yahoo, Zimbra and phones.
"""

from __future__ import annotations

from enum import StrEnum


def _rows(table: str) -> list[str]:
    return [row.partition(":")[2].strip() for row in table.strip().splitlines()]


def _phrases(table: str) -> frozenset[str]:
    return frozenset(phrase.strip() for row in _rows(table) for phrase in row.split("|"))


def _pattern(table: str) -> str:
    return f"(?:{'|'.join(_rows(table))})"


class Header(StrEnum):
    """A header field that is repeated above an old mail."""

    FROM = "from"
    DATE = "date"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"


_LABELS = {
    Header.FROM: """
        en: from
        de: von
        fr, es, pt: de
        it, nl: da | van
        pl: od | nadawca
        ru, uk: от | от кого | від
        zh, ja, ko: 发件人 | 寄件人 | 寄件者 | 差出人 | 送信者 | 보낸 사람
        sv, da, fi, tr: från | fra | lähettäjä | kimden
    """,
    Header.DATE: """
        en: sent | date
        de: gesendet | gesendet am | datum
        fr: envoyé | envoyé le | date d'envoi
        es: enviado | enviado el | fecha
        it: inviato | data
        pt: enviada | enviado em | enviada em
        nl: verzonden
        pl: wysłano | data wysłania
        ru, uk: отправлено | дата | надіслано
        zh: 发送时间 | 发送日期 | 寄件日期 | 日期 | 时间
        ja, ko: 送信日時 | 日時 | 日付 | 보낸 날짜 | 날짜
        sv, da, fi, cs, tr: skickat | sendt | dato | lähetetty | odesláno | gönderildi | tarih
    """,
    Header.TO: """
        en: to
        de: an
        fr, es, pt, it: à | a | para | per
        nl: aan
        pl: do | adresat
        ru: кому
        zh, ja, ko: 收件人 | 收件者 | 宛先 | 받는 사람
        sv, da, fi, cs, tr: till | til | vastaanottaja | komu | kime
    """,
    Header.CC: """
        en: cc
        de, fr, pl, ru: kopie | copie à | kopia | копия
        zh: 抄送 | 副本
    """,
    Header.SUBJECT: """
        en: subject
        de: betreff
        fr: objet | sujet
        es: asunto
        it: oggetto
        pt: assunto
        nl: onderwerp
        pl: temat
        ru: тема
        zh: 主题 | 主旨 | 主題
        ja, ko: 件名 | 제목
        sv, da, fi, cs, tr: ämne | emne | aihe | předmět | konu
    """,
}
HEADERS = {label: header for header, table in _LABELS.items() for label in _phrases(table)}
"""Labels in lower case, without their colon."""

ORIGINAL = _phrases("""
    en: original message | original appointment | reply message
    de: ursprüngliche nachricht | ursprüngliche mail | originalnachricht | original-nachricht
    fr: message d'origine | message original | mail original | courriel original
    es: mensaje original
    it: messaggio originale
    pt: mensagem original
    nl: oorspronkelijk bericht | origineel bericht
    pl: oryginalna wiadomość | wiadomość oryginalna | wiadomość pierwotna
    ru: исходное сообщение | оригинальное сообщение | оригинал сообщения
    zh: 原始邮件 | 邮件原件 | 原邮件 | 原始郵件
    ja, ko: 元のメッセージ | 元のメール | 원본 메시지
    sv, da, nb, fi: ursprungligt meddelande | oprindelig meddelelse | opprinnelig melding | alkuperäinen viesti
    cs, tr, uk: původní zpráva | původní e-mail | özgün ileti | вихідне повідомлення
""")
"""Between dashes: "-----Original Message-----"."""

FORWARDED = _phrases("""
    en: forwarded message
    de: weitergeleitete nachricht
    fr: message transféré | message réexpédié
    es: mensaje reenviado
    it: messaggio inoltrato
    pt: mensagem encaminhada | mensagem reencaminhada
    nl: doorgestuurd bericht
    pl: przekazana wiadomość | wiadomość przekazana | treść przekazanej wiadomości
    ru: пересылаемое сообщение | перенаправленное сообщение | пересланное сообщение
    zh: 转发的邮件 | 转发邮件 | 转发邮件信息 | 转发的消息 | 轉寄郵件
    ja, ko: 転送メッセージ | 転送されたメッセージ | 전달된 메시지
    sv, da, nb, fi: vidarebefordrat meddelande | videresendt meddelelse | videresendt melding | välitetty viesti
    cs, tr, uk: přeposlaná zpráva | iletilen mesaj | переслане повідомлення
""")
"""Between dashes: "---------- Forwarded message ---------"."""

FORWARD_BEGINS = _phrases("""
    en: begin forwarded message
    de: anfang der weitergeleiteten nachricht
    fr: début du message réexpédié | début du message transféré
    es: inicio del mensaje reenviado
    it: inizio messaggio inoltrato | inizio del messaggio inoltrato
    pt: início da mensagem encaminhada | início da mensagem reencaminhada
    nl: begin doorgestuurd bericht
    pl: początek przekazywanej wiadomości
    ru: начало переадресованного сообщения | начало пересылаемого сообщения
    zh: 以下是转发的邮件 | 開始轉寄郵件
    ja: 転送されたメッセージ
    sv, da: vidarebefordrat brev | start på videresendt besked
""")
"""On a line of its own, with a colon: "Begin forwarded message:"."""

FORWARD_SUBJECT = r"^\s*(?:fwd?|wg|tr|rv|i|enc|doorst|pd|vs|vb|vl|ilt|转发|轉寄|転送)\s*[:：]"
"""How the subject of a forwarded mail begins: often nothing else tells Outlook's from an answer."""

WROTE = _pattern(r"""
    en: wrote|writes
    de: schrieb|schreibt|hat (?:.{0,60} )?geschrieben
    fr: a écrit
    es: escribió
    it: ha scritto
    pt: escreveu
    nl: schreef|heeft (?:.{0,60} )?geschreven
    pl: napisał(?:\(a\)|/a|a)?|pisze
    ru, uk: написала?(?:\(а\))?|пишет|написав|пише
    zh: 写道|寫道|写了
    ja, ko: 書きました|のメール|작성
    sv, fi, cs, tr: skrev|kirjoitti|napsala?|yazdı
""")
"""What the line above a quotation says that somebody did."""

_SENT_FROM = _pattern("""
    en: (?:sent|written|typed) from|sent (?:via|with)
    de: gesendet (?:von|mit|aus)
    fr: envoyée? (?:de|depuis|à partir de|avec)
    es: enviado (?:desde|con|de)
    it: inviato (?:dal?|con)
    pt: enviad[oa] (?:d[oae]|pel[oa]|com|a partir d[oae])
    nl: (?:verstuurd|verzonden) (?:vanaf|vanuit|van|met)
    pl: wysłan[eoy] (?:ze?|za pomocą)
    ru, uk: отправлено (?:со?|из|от)|надіслано з
    zh: 发自|發自|发送自|來自|来自|從我的
    sv, da, fi, cs: skickat från|sendt fra|lähetetty|odesláno z
""")
_DEVICE = _pattern(r"""
    makers: iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|xiaomi|redmi|oppo|vivo|pixel|nokia
    programs: outlook|windows|gmx|yahoo|web\.de|proton|sparrow|thunderbird
    programs: (?:mail|courrier|correo|posta|poczt[ay]) (?:for|für|pour|para|per|voor|dla)
    phones: mobil|móvil|handy|phone|téléphone|telefon|teléfono|telemóvel|tablet|celular|cellulare|komórk
    phones: мобил|телефон|смартфон|почт|手机|手機|邮箱|スマートフォン|携帯
""")
_GET = _pattern("""
    en, de: get|download|holen sie sich
    fr, es: télécharge[zr]|obtene[rz]|obtén
    it, pt: scarica|ottieni|obter o|baixe o
    pl, ru, zh: pobierz|скачать|获取|下载
""")
MOBILE = _pattern(rf"""
    most: ^{_SENT_FROM}\s?(?:[^\s,]+ ){{0,3}}\S{{0,20}}{_DEVICE}
    de: ^(?:von|mit|diese nachricht wurde von) .*{_DEVICE}.*(?:gesendet|verschickt)\.?$
    ja: ^.{{0,40}}{_DEVICE}.{{0,20}}から送信
    Outlook: ^{_GET} (?:\S+ )?outlook|^outlook (?:für|for|voor) (?:ios|android)
""")
"""A line that a phone or an app writes below a mail."""

CONFIDENTIAL = _pattern("""
    en: confidential|privileged
    de: vertraulich
    fr: confidentiel
    es, pt: confidencia
    it: riservat|confidenzial
    nl: vertrouwelijk
    pl: poufn
    ru, uk: конфиденциальн|конфіденц
    zh, ja, ko: 保密|机密|機密|기밀
    sv, da, fi, cs, tr: konfidentiell|fortrolig|luottamuksel|důvěrn|gizli
""")
MAIL = _pattern("""
    en: e-?mail|message
    de, nl: nachricht|bericht
    fr: courriel
    es: mensaje|correo
    it, pt: messaggio|mensagem
    pl: wiadomoś
    ru, uk: сообщени|письм|повідомл
    zh, ja, ko: 邮件|郵件|メール|메일
    sv, da, fi, cs, tr: meddela|meddelelse|viesti|zpráv|ileti
""")
RECIPIENT = _pattern("""
    en: recipient|addressee|intended|addressed
    de: empfänger|adressat
    fr, es, it, pt: destinat[aá]
    nl: geadresseerde|ontvanger|bestemd
    pl: adresat|odbiorc
    ru, uk: адресат|получател|одержувач
    zh, ja, ko: 收件人|收信人|接收|受信者|受取人|宛先|수신
    sv, da, fi, cs, tr: mottagar|modtager|vastaanottaj|příjemc|alıcı
""")
"""A paragraph with a word of all three tables is a disclaimer."""

FOOTER = _pattern(r"""
    en: consider the environment before printing|virus-?free\.? .{0,40}avast
    de: denken sie an die umwelt|virenfrei\.? .{0,40}avast
    fr, es: pensez à l'environnement|piense en el medio ambiente
""")
"""What nobody writes by hand."""
