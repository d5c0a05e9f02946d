"""A message as an e-mail (RFC 5322): what mail programs, filters and threads look at.

Built of the standard library's plain MIME parts: its newer `EmailMessage` parses every header that it is given,
and takes four times as long.
"""

from __future__ import annotations

from email import encoders, policy
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr, parseaddr

from notifications.channels.base import Attachment, ChannelError, Message
from tracker.clock import OFFICE_ZONE

_WIRE = policy.compat32.clone(linesep="\r\n")


def as_mail(message: Message, *, sender: str) -> bytes:
    """Write the e-mail: text before HTML, one Message-ID for ever, one thread a task, no automatic answers.

    `sender` is `名称 <地址>`; its domain completes the ids. The same message gives the same bytes every time.
    Raises ChannelError for an address that no mail can bear.
    """
    try:
        mail = _body(message)
        for name, value in _headers(message, sender):
            mail[name] = value
    except ValueError as error:  # UnicodeError included
        raise ChannelError(f"地址 {message.address} 不能用于邮件，请改正", permanent=True) from error
    return mail.as_bytes(policy=_WIRE)


def _headers(message: Message, sender: str) -> list[tuple[str, str]]:
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    headers = [
        ("From", _person(name, address)),
        ("To", _recipient(message)),
        ("Subject", Header(_line(message.subject), "utf-8", header_name="Subject").encode()),
        ("Date", format_datetime(message.written_at.astimezone(OFFICE_ZONE))),
        ("Message-ID", f"<{message.id}@{domain}>"),
    ]
    if message.thread:
        thread = f"<{message.thread}@{domain}>"
        headers += [("References", thread), ("In-Reply-To", thread)]
    if message.reply_to:
        headers.append(("Reply-To", _person("", message.reply_to)))
    return [
        *headers,
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no holiday notes, please
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", "zh-CN"),
    ]


def _recipient(message: Message) -> str:
    """A person without an address stands as a group of nobody, which RFC 5322 allows."""
    if message.address is None:
        return f"{Header(_line(message.name), 'utf-8').encode()}:;"
    return _person(message.name, message.address)


def _person(name: str, address: str) -> str:
    if any(each.isspace() or each in "<>,;" for each in address):
        raise ValueError("An address is one word.")
    return formataddr((_line(name), address), "utf-8")


def _line(text: str) -> str:
    """The text in one line: a line break would open another header."""
    return " ".join(text.split())


def _body(message: Message) -> MIMEBase:
    text: MIMEBase = MIMEText(message.text, "plain", "utf-8")
    if message.html:
        both = MIMEMultipart("alternative", boundary=_boundary(message, 1))
        both.attach(text)
        both.attach(MIMEText(message.html, "html", "utf-8"))
        text = both
    if not message.attachments:
        return text
    whole = MIMEMultipart("mixed", boundary=_boundary(message, 0))
    whole.attach(text)
    for attachment in message.attachments:
        whole.attach(_attached(attachment))
    return whole


def _attached(attachment: Attachment) -> MIMEBase:
    kind, _, subtype = attachment.media_type.partition("/")
    part = MIMEBase(kind, subtype)
    part.set_payload(attachment.content)
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", attachment.name))
    return part


def _boundary(message: Message, place: int) -> str:
    """The library would draw boundaries by lot; ours follow from the id, so that a retry sends the same bytes."""
    return f"=_{message.id[:40]}_{place}"
