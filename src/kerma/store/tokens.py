"""Tokens that programs show instead of a password; the text is known to its owner alone."""

import datetime as dt
import hashlib
import secrets

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, QuerySet

from kerma.store import audit
from kerma.store.models import ApiToken

_USED_EVERY = dt.timedelta(minutes=1)
"""How exactly it is known when a token was last used: a row for every object would cost more."""


@transaction.atomic
def make(name: str, user: AbstractBaseUser | None) -> str:
    """Make a token and return its text, which nobody can find out later."""
    text = secrets.token_urlsafe(32)
    ApiToken.objects.create(name=name, token_hash=_hash(text), user_id=user.pk if user else None)
    audit.write(user, "make token", name=name)
    return text


def check(text: str) -> ApiToken | None:
    """Return the token of that text, None if there is none or it was revoked; notes the use."""
    token = ApiToken.objects.filter(token_hash=_hash(text), revoked_at=None).first()
    if token is not None:
        _note_use(token)
    return token


@transaction.atomic
def revoke(token: ApiToken, user: AbstractBaseUser | None) -> None:
    """Let nobody use the token any more; that it existed stays known."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=_now()):
        audit.write(user, "revoke token", name=token.name)


def all_tokens() -> "QuerySet[ApiToken]":
    """Return the tokens, those in use first."""
    return ApiToken.objects.select_related("user").order_by(
        F("revoked_at").asc(nulls_first=True), "name"
    )


def _note_use(token: ApiToken) -> None:
    now = _now()
    if token.last_used_at is None or now - token.last_used_at > _USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _hash(text: str) -> str:
    """Return the SHA-256; 256 random bits need no slow hash against guessing."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
