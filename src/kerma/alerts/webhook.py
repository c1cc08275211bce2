"""An alert and a webhook in; signed JSON without identity at another program out."""

import hashlib
import hmac
import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kerma.alerts.quantities import quantity
from kerma.errors import KermaError
from kerma.store.models import Alert, AlertWebhook
from kerma.store.sealing import unseal_text

SIGNATURE = "X-Kerma-Signature"
"""Header with `sha256=` and the HMAC-SHA-256 of the body, hex, keyed with the secret."""

_TIMEOUT_S = 10.0


class WebhookRefused(KermaError):
    """A webhook was not reached, or did not answer with a status from 200 to 299."""


class _NoRedirects(HTTPRedirectHandler):
    """What is signed for one address goes to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Follow nowhere; the answer counts as refused."""


def content(alert: Alert, link: str) -> dict[str, Any]:
    """Return what another program is told; the value is in the unit named."""
    study, one = alert.study, quantity(alert.study.modality, alert.quantity)
    return {
        "event": "alert",
        "alert": alert.pk,
        "state": alert.state,
        "rule": alert.rule.name,
        "kind": alert.rule.kind,
        "modality": study.modality,
        "system": study.system.display_name,
        "study": study.pk,
        "study_date": study.study_date.isoformat() if study.study_date else None,
        "quantity": one.heading,
        "unit": one.unit,
        "value": alert.value * one.factor,
        "level": alert.level * one.factor,
        "raised_at": alert.raised_at.isoformat(),
        "reopened_at": alert.reopened_at.isoformat() if alert.reopened_at else None,
        "link": link,
    }


def signature(secret: str, body: bytes) -> str:
    """Return the value of the header by which the receiver knows the sender."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(hook: AlertWebhook, said: dict[str, Any]) -> None:
    """Send JSON to a webhook.

    Raises
    ------
    WebhookRefused
        With the reason in words.
    """
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Kerma"}
    if secret := unseal_text(hook.sealed_secret):
        headers[SIGNATURE] = signature(secret, body)
    try:
        with build_opener(_NoRedirects).open(
            Request(hook.url, body, headers),
            timeout=_TIMEOUT_S,
        ):
            pass
    except HTTPError as error:
        raise WebhookRefused(f"{hook.name} answered with status {error.code}.") from error
    except TimeoutError as error:
        raise WebhookRefused(f"{hook.name} did not answer within {_TIMEOUT_S:g} s.") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise WebhookRefused(f"{hook.name} cannot be reached: {reason}") from error
