"""STOW-RS (PS3.18 10.5): objects that programs send by HTTP, into the same spool as C-STORE."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.http import parse_header_parameters
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kerma.pipeline.deposit import (
    CANNOT_UNDERSTAND,
    OUT_OF_RESOURCES,
    Deposit,
    deposit,
)
from kerma.store import tokens
from kerma.web.multipart import Malformed, parts

_log = logging.getLogger("kerma.receive")

_DICOM = "application/dicom"
_SOP_CLASS, _SOP_INSTANCE = "00081150", "00081155"
_FAILURE_REASON = "00081197"
_FAILED, _STORED, _OTHER_FAILURES = "00081198", "00081199", "0008119A"


@csrf_exempt
@never_cache
@require_POST
def stow(request: HttpRequest, study: str = "") -> HttpResponse:
    """Take the objects of a request; of one study alone where the address names it.

    Programs show a token, so that no page of another site can send in a user's name.
    """
    token = _token(request)
    if token is None:
        return _refused(401, "Show a token: Authorization: Bearer …")
    boundary = _boundary(request)
    if boundary is None:
        return _refused(
            415, f'Send multipart/related; type="{_DICOM}", with a boundary, as STOW-RS says.'
        )
    taken: list[Deposit] = []
    try:
        for one in _taken(request, boundary, token.name, study):
            taken.append(one)  # those before a fault are stored, and have to be named
    except (Malformed, UnreadablePostError) as error:
        _log.warning("A STOW-RS request of %s broke off: %s", token.name, error)
        if not taken:
            return _refused(400, str(error))
        taken.append(Deposit(failure=CANNOT_UNDERSTAND, sentence=str(error)))
    if not taken:
        return _refused(400, "The request holds no object.")
    return _answer(token.name, taken)


def _taken(request: HttpRequest, boundary: str, token: str, study: str) -> Iterator[Deposit]:
    for part in parts(request.read, boundary):
        if part.content_type == _DICOM:
            yield deposit(part.pieces, token, study)
        else:
            yield Deposit(failure=CANNOT_UNDERSTAND, sentence=f"A part is no {_DICOM}.")


def _token(request: HttpRequest) -> Any:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return tokens.check(text.strip()) if scheme.lower() == "bearer" else None


def _boundary(request: HttpRequest) -> str | None:
    """Return the boundary of the parts; None where the body is something else."""
    kind, parameters = parse_header_parameters(request.headers.get("Content-Type", ""))
    if kind != "multipart/related" or parameters.get("type", _DICOM).lower() != _DICOM:
        return None
    return parameters.get("boundary") or None


def _answer(token: str, taken: Sequence[Deposit]) -> HttpResponse:
    """Return the Store Instances Response (PS3.18 I.2) with the status of table 10.5.3-1."""
    failed = [one for one in taken if one.failure]
    for one in failed:
        _log.warning("An object of %s by STOW-RS was refused: %s", token, one.sentence)
    _log.info("STOW-RS by %s: stored %d, refused %d.", token, len(taken) - len(failed), len(failed))
    answer = JsonResponse(_module(taken), status=_status(taken, failed))
    answer.headers["Content-Type"] = "application/dicom+json"
    if answer.status_code == 503:
        answer.headers["Retry-After"] = "60"
    return answer


def _status(taken: Sequence[Deposit], failed: Sequence[Deposit]) -> int:
    if not failed:
        return 200
    if len(failed) < len(taken):
        return 202
    reasons = {one.failure for one in failed}
    if OUT_OF_RESOURCES in reasons:
        return 503
    return 400 if reasons == {CANNOT_UNDERSTAND} else 409


def _module(taken: Sequence[Deposit]) -> dict[str, Any]:
    """Return the response module as DICOM JSON; empty sequences are left out."""
    stored = [_reference(one) for one in taken if not one.failure]
    failed = [_reference(one) | _reason(one) for one in taken if one.failure and one.sop_class_uid]
    others = [_reason(one) for one in taken if one.failure and not one.sop_class_uid]
    sequences = {_STORED: stored, _FAILED: failed, _OTHER_FAILURES: others}
    return {tag: {"vr": "SQ", "Value": items} for tag, items in sequences.items() if items}


def _reference(one: Deposit) -> dict[str, Any]:
    return {
        _SOP_CLASS: {"vr": "UI", "Value": [one.sop_class_uid]},
        _SOP_INSTANCE: {"vr": "UI", "Value": [one.sop_instance_uid]},
    }


def _reason(one: Deposit) -> dict[str, Any]:
    return {_FAILURE_REASON: {"vr": "US", "Value": [one.failure]}}


def _refused(status: int, sentence: str) -> HttpResponse:
    answer = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Kerma"'
    return answer
