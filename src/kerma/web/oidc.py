"""Log in by OpenID Connect: the browser goes to the hospital's provider and comes back known."""

import logging
from functools import lru_cache
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.utils import import_from_settings
from mozilla_django_oidc.views import (
    OIDCAuthenticationCallbackView,
    OIDCAuthenticationRequestView,
)

from kerma.errors import KermaError
from kerma.store import audit
from kerma.web import foreign

SYSTEM = "OpenID Connect"

_log = logging.getLogger("kerma.web")
_PATIENCE_S = 10
_ADDRESSES = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint",
    "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint",
    "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}
"""Setting of the library -> name in the provider's description of itself (Discovery 1.0, 3)."""
_SIGNATURES = ("RS256", "ES256", "RS384", "RS512", "ES384", "ES512")
_FAULTS = (SuspiciousOperation, requests.RequestException, jwt.PyJWTError, KeyError, ValueError)
"""What the library raises over answers that are none, or false."""


class ProviderSilent(KermaError):
    """The provider does not describe itself."""


class Backend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Makes a user at the first log-in; their groups follow the claims each time."""

    def __init__(self) -> None:
        self.UserModel = User

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        """Return a setting of the library."""
        return _setting(attr, *args)

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> User | None:
        """Return the user whom the provider sends; other ways to log in are not asked about."""
        if "nonce" not in kwargs:
            return None
        super().__init__()  # asks the provider for its addresses
        found: User | None = super().authenticate(request, **kwargs)
        return found

    def get_user(self, user_id: Any) -> Any:
        """Return the user of a session, None once deactivated."""
        return ModelBackend().get_user(user_id)

    def retrieve_matching_jwk(self, token: str) -> jwt.PyJWK:
        """Return the provider's key of a token; a provider with one key need not name it."""
        head = jwt.get_unverified_header(token)
        answer = requests.get(self.OIDC_OP_JWKS_ENDPOINT, timeout=_PATIENCE_S)
        answer.raise_for_status()
        fits = [
            key
            for key in answer.json()["keys"]
            if key.get("use", "sig") == "sig"
            and key.get("alg", head["alg"]) == head["alg"]
            and key.get("kid") == head.get("kid", key.get("kid"))
        ]
        if len(fits) != 1:
            raise SuspiciousOperation(f"{len(fits)} keys of the provider fit the token.")
        return jwt.PyJWK(fits[0], algorithm=head["alg"])

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        """Return what a token says, if it is meant for us and from this provider."""
        payload: dict[str, Any] = super().verify_token(token, **kwargs)
        audience = payload.get("aud", [])
        meant_for = [audience] if isinstance(audience, str) else audience
        if settings.KERMA_OIDC["client_id"] not in meant_for:
            raise SuspiciousOperation("The token is meant for another program.")
        if str(payload.get("iss", "")).rstrip("/") != _issuer():
            raise SuspiciousOperation("The token is from another provider.")
        return payload

    def get_userinfo(
        self, access_token: str, id_token: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the claims: providers put some into the token and others beside it."""
        beside: dict[str, Any] = super().get_userinfo(access_token, id_token, payload)
        if beside.get("sub") != payload.get("sub"):
            raise SuspiciousOperation("The claims are about somebody else.")
        return payload | beside

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        """Return whether there is a name."""
        return bool(_name(claims))

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """Return the user of that name, who must not be a local one."""
        found = User.objects.filter(username__iexact=_name(claims))
        if any(not foreign.may_enter(user, SYSTEM) for user in found):
            raise SuspiciousOperation("There is a local user of this name.")
        return found

    def create_user(self, claims: dict[str, Any]) -> User:
        """Make the user at the first log-in, without a password here."""
        user = User(username=_name(claims))
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save()
        return self.update_user(user, claims)

    def update_user(self, user: User, claims: dict[str, Any]) -> User:
        """Take over address and groups."""
        user.email = str(claims.get("email", ""))
        user.save(update_fields=["email"])
        given = claims.get(settings.KERMA_OIDC["groups_claim"], [])
        names = [given] if isinstance(given, str) else [str(name) for name in given]
        foreign.settle(user, SYSTEM, names, settings.KERMA_OIDC_GROUPS)
        return user


class Begin(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """Sends the browser to the provider."""

    def __init__(self, **kwargs: Any) -> None:
        super(OIDCAuthenticationRequestView, self).__init__(**kwargs)

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        """Return a setting of the library."""
        return _setting(attr, *args)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Send the browser there, or say that it cannot be reached."""
        _require_provider()
        try:
            self.OIDC_OP_AUTH_ENDPOINT = _setting("OIDC_OP_AUTHORIZATION_ENDPOINT")
        except ProviderSilent as error:
            return _refused(request, str(error))
        self.OIDC_RP_CLIENT_ID = settings.KERMA_OIDC["client_id"]
        response: HttpResponseBase = super().get(request)
        return response


class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """Takes the browser back from the provider."""

    @staticmethod
    def get_settings(attr: str, *args: Any) -> Any:
        """Return a setting of the library."""
        return _setting(attr, *args)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Let the user in, or say why not."""
        _require_provider()
        try:
            response: HttpResponseBase = super().get(request)
        except (*_FAULTS, KermaError) as error:
            _log.warning("A log-in by %s failed: %s: %.300s", SYSTEM, type(error).__name__, error)
            return self.login_failure()
        return response

    def login_success(self) -> HttpResponse:
        """Let the user in."""
        response: HttpResponse = super().login_success()
        address = self.request.META.get("REMOTE_ADDR")
        audit.write(self.user, "log in", by=SYSTEM, address=address)
        return response

    def login_failure(self) -> HttpResponse:
        """Go to the log-in page, and say that it did not work."""
        audit.write_attempt(None, by=SYSTEM, address=self.request.META.get("REMOTE_ADDR"))
        label = settings.KERMA_OIDC["label"]
        return _refused(self.request, f"Logging in with {label} did not work. The log says why.")


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("login")


def _require_provider() -> None:
    if not settings.KERMA_OIDC["issuer"]:
        raise Http404


def _name(claims: dict[str, Any]) -> str:
    return str(claims.get(settings.KERMA_OIDC["user_claim"], "")).strip()


def _issuer() -> str:
    return str(settings.KERMA_OIDC["issuer"]).rstrip("/")


def _setting(name: str, *default: Any) -> Any:
    """Return a setting of the library: from the provider's description, or ours."""
    if name in _ADDRESSES:
        return _description(_issuer())[_ADDRESSES[name]]
    if name == "OIDC_RP_SIGN_ALGO":
        offered = _description(_issuer()).get("id_token_signing_alg_values_supported", [])
        return next((one for one in _SIGNATURES if one in offered), _SIGNATURES[0])
    ours = {
        "OIDC_RP_CLIENT_ID": settings.KERMA_OIDC["client_id"],
        "OIDC_RP_CLIENT_SECRET": settings.KERMA_OIDC["client_secret"],
        "OIDC_RP_SCOPES": settings.KERMA_OIDC["scopes"],
        "OIDC_AUTHENTICATION_CALLBACK_URL": "oidc-callback",
        "OIDC_TIMEOUT": _PATIENCE_S,
        "OIDC_USE_PKCE": True,
    }
    return ours[name] if name in ours else import_from_settings(name, *default)


@lru_cache(maxsize=4)
def _description(issuer: str) -> dict[str, Any]:
    """Return what the provider says of itself; asked once while this process runs.

    Raises
    ------
    ProviderSilent
        If it does not answer, or as somebody else.
    """
    address = f"{issuer}/.well-known/openid-configuration"
    try:
        answer = requests.get(address, timeout=_PATIENCE_S)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderSilent(
            f"The provider {issuer} does not describe itself at {address}: {error}"
        ) from error
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderSilent(
            f"The provider at {issuer} calls itself {found.get('issuer')!r}; "
            "set KERMA_OIDC_ISSUER to that."
        )
    return found
