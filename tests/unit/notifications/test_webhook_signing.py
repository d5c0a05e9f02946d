"""Signatures as receivers check them."""

from __future__ import annotations

from notifications.webhook_signing import signature_of
from tests.factories import NOON

# The example of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'


class TestSignatureOf:
    def test_is_what_the_specification_prints(self) -> None:
        signature = signature_of(SECRET, MESSAGE_ID, "1614265330", BODY)
        assert signature == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_changes_with_id_time_and_body(self) -> None:
        stamp = str(int(NOON.timestamp()))
        signatures = {
            signature_of(SECRET, "event-1", stamp, BODY),
            signature_of(SECRET, "event-2", stamp, BODY),
            signature_of(SECRET, "event-1", "1", BODY),
            signature_of(SECRET, "event-1", stamp, b"{}"),
        }
        assert len(signatures) == 4
