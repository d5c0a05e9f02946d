"""An office's identity provider on loopback: real HTTP, real keys, and a liar when a test wants one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "dingban"
CODE = "one-time-code"


@dataclass
class IdentityProvider:
    """`claims` replace those of an honest token; `asked` is what the browser brought to the door."""

    issuer: str = ""
    email: str = "jia"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "office", "use": "sig"}))
    published: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    exchanged: list[dict[str, str]] = field(default_factory=list)

    def visit(self, address: str) -> str:
        """The person signs in at the provider; return the state that the browser takes back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return self.asked["state"]

    def identity_token(self) -> str:
        now = int(datetime.now(UTC).timestamp())
        honest = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked.get("nonce"),
            "email": self.email,
        }
        return jwt.encode({"alg": "RS256", "kid": "office"}, honest | self.claims, self.key)

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._answer(provider.description())
            else:
                key = provider.published or provider.key
                self._answer({"keys": [key.as_dict(private=False)]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.exchanged.append({name: values[0] for name, values in parse_qs(body).items()})
            self._answer({"id_token": provider.identity_token(), "token_type": "Bearer"})

        def _answer(self, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
