"""The ways a message travels. A channel gets a finished `Message` and never sees a task.

It is given its host and port when it is made and never reads settings; who delivers, and when again, is the
outbox's part.
"""

from notifications.channels.base import Attachment, Channel, ChannelError, Delivery, Message
from notifications.channels.file import FileChannel
from notifications.channels.memory import MemoryChannel
from notifications.channels.smtp import MailSecurity, SmtpChannel
from notifications.channels.webhooks import DingTalkChannel, FeishuChannel, WeComChannel

__all__ = [
    "Attachment",
    "Channel",
    "ChannelError",
    "Delivery",
    "DingTalkChannel",
    "FeishuChannel",
    "FileChannel",
    "MailSecurity",
    "MemoryChannel",
    "Message",
    "SmtpChannel",
    "WeComChannel",
]
