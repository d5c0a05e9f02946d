"""Single sign-on by OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 3.1, RFC 7636, RFC 9700).

The provider says who somebody is, and nothing more: what he may do follows from his parts here, and whoever has no
account here stays out. Needs the extra `[sso]`, which is loaded when the first person signs in this way.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 10
LEEWAY_SECONDS = 60  # between the provider's clock and ours
MOST_BYTES = 1 << 20
# Asymmetric ones alone: with a shared secret, whoever knows it could write tokens himself.
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")


class SignOnFailed(Exception):
    """The provider did not say who it is. The text is for whoever tried; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("统一身份认证没有完成，请重新登录；仍不行时请用登录名和密码登录，或者联系管理员。")


@dataclass(frozen=True)
class Provider:
    """The office's provider, as it is set. `claim` is what of a person is his login name here."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    label: str = "统一身份认证登录"
    claim: str = "email"
    scope: str = "openid email profile"


@dataclass(frozen=True)
class Ticket:
    """What one attempt must bring back. It travels in a cookie of its own, which lives for minutes."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Ticket:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @classmethod
    def read(cls, cookie: str) -> Ticket | None:
        parts = cookie.split(".")
        return cls(*parts) if len(parts) == 3 and all(parts) else None

    def written(self) -> str:
        return ".".join((self.state, self.nonce, self.verifier))

    @property
    def challenge(self) -> str:
        """What is told of the verifier beforehand (S256)."""
        digest = sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Proved:
    """Who it is, and when the provider asked him (`auth_time`, in seconds since 1970), where it says so."""

    login_name: str
    asked_at: int | None


class SingleSignOn:
    """Asks a provider. What it says of itself, and its keys, are fetched when first needed and kept."""

    def __init__(self, provider: Provider, *, now: Callable[[], int]) -> None:
        self.provider = provider
        self._now = now
        self._lock = Lock()
        self._metadata: dict[str, Any] | None = None

    def begin(self, ticket: Ticket, *, back: str, is_again: bool = False) -> str:
        """The address to which the browser is sent. `back` is where it comes back to. Raises SignOnFailed.

        `is_again`: the provider is to ask the person himself, whatever session he has there.
        """
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": back,
            "scope": self.provider.scope,
            "state": ticket.state,
            "nonce": ticket.nonce,
            "code_challenge": ticket.challenge,
            "code_challenge_method": "S256",
        }
        if is_again:
            asked |= {"prompt": "login", "max_age": "0"}
        address = self._describe()["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def finish(self, ticket: Ticket, *, state: str, code: str, back: str) -> Proved:
        """Exchange the code, prove the identity token, and return what it says. Raises SignOnFailed."""
        if not secrets.compare_digest(state.encode(), ticket.state.encode()):
            raise SignOnFailed("the state is not that of this browser")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.provider.client_id,
            "code_verifier": ticket.verifier,
        }
        if self.provider.client_secret:
            form["client_secret"] = self.provider.client_secret
        answer = self._fetch(self._describe()["token_endpoint"], form)
        claims = self._prove(str(answer.get("id_token", "")), ticket)
        name = claims.get(self.provider.claim)
        if not isinstance(name, str) or not name.strip():
            raise SignOnFailed(f"the identity token has no {self.provider.claim}")
        if self.provider.claim == "email" and claims.get("email_verified") is False:
            raise SignOnFailed("the provider has not verified the address")
        asked_at = claims.get("auth_time")
        is_number = isinstance(asked_at, int) and not isinstance(asked_at, bool)
        return Proved(name.strip(), asked_at if is_number else None)

    def _prove(self, token: str, ticket: Ticket) -> Mapping[str, Any]:
        """The claims of an identity token whose signature and claims hold (OpenID Connect Core 3.1.3.7)."""
        from joserfc import jwt  # the extra [sso]
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        expected = jwt.JWTClaimsRegistry(
            now=self._now,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            nonce={"essential": True, "value": ticket.nonce},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            keys = KeySet.import_key_set(self._fetch(self._describe()["jwks_uri"]))  # type: ignore[arg-type]
            claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
            expected.validate(claims)
        except (JoseError, ValueError, KeyError) as error:
            raise SignOnFailed(f"the identity token does not hold: {error!r}") from error
        if isinstance(claims["aud"], list) and claims.get("azp") != self.provider.client_id:
            raise SignOnFailed("the identity token was issued to another client")
        return claims

    def _describe(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery 4)."""
        with self._lock:
            if self._metadata is None:
                found = self._fetch(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
                wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if found.get("issuer") != self.provider.issuer or not all(found.get(key) for key in wanted):
                    raise SignOnFailed("the provider's description is incomplete, or of another issuer")
                self._metadata = found
            return self._metadata

    def _fetch(self, url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        import httpx2  # loaded when somebody signs in this way

        try:
            with httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
                answer = client.post(url, data=dict(form)) if form is not None else client.get(url)
            answer.raise_for_status()
            found = answer.json() if len(answer.content) <= MOST_BYTES else None
        except (httpx2.HTTPError, ValueError) as error:
            raise SignOnFailed(f"the provider does not answer as it should: {error!r}") from error
        if not isinstance(found, dict):
            raise SignOnFailed("the provider's answer is no object")
        return found
