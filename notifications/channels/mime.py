"""A message as an e-mail (RFC 5322): what mail programs, filters and threads look at."""

from __future__ import annotations

from email import policy
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from notifications.channels.base import Message
from tracker.clock import OFFICE_ZONE


def as_mail(message: Message, *, sender: str) -> EmailMessage:
    """Build the e-mail: text before HTML, one Message-ID for ever, one thread a task, no automatic answers.

    `sender` is `名称 <地址>`; its domain completes the ids. The same message gives the same bytes every time.
    """
    name, address = parseaddr(sender)
    domain = address.rpartition("@")[2] or "localhost"
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = _recipient(message)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.written_at.astimezone(OFFICE_ZONE))
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    if message.thread:
        mail["References"] = f"<{message.thread}@{domain}>"
        mail["In-Reply-To"] = f"<{message.thread}@{domain}>"
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes, please
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = "zh-CN"
    mail.set_content(message.text, charset="utf-8", cte="base64")
    if message.html:
        mail.add_alternative(message.html, subtype="html", charset="utf-8", cte="base64")
    for attachment in message.attachments:
        kind, _, subtype = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=attachment.name)
    _fix_boundaries(mail, message.id)
    return mail


def _recipient(message: Message) -> Address | Group:
    """A person without an address stands as a group of nobody, which RFC 5322 allows."""
    if message.address is None:
        return Group(message.name, ())
    return Address(message.name, addr_spec=message.address)


def _fix_boundaries(mail: EmailMessage, message_id: str) -> None:
    """The library draws boundaries by lot; ours follow from the id, so that a retry sends the same bytes."""
    parts = (part for part in mail.walk() if part.is_multipart())
    for place, part in enumerate(parts):
        part.set_boundary(f"=_{message_id[:40]}_{place}")
