"""Signatures by which a receiver knows that an event came from here, as Standard Webhooks 1.0 describes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

SECRET_MARK = "whsec_"  # noqa: S105


def signed_headers(secret: str, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """The three headers. The signature covers id, time and body, so that none can be replayed as another."""
    stamp = str(int(at.timestamp()))
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{signature_of(secret, message_id, stamp, body)}",
    }


def signature_of(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `id.timestamp.body`, keyed with the decoded secret, in base64."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    content = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
