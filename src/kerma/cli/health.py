"""The site's configuration in, a sentence for each of its faults out."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from kerma.errors import KermaError
from kerma.health import State, look
from kerma.store import mail

_CHECKED = ("stores", "processes", "tasks", "spool", "certificates", "clock")
"""Areas of health that tell of faults of the configuration, beside disk and database."""


def faults() -> Iterator[str]:
    """Yield what is wrong, and what to do about it."""
    yield from _faults_of_home(settings.KERMA_HOME)
    yield from _faults_of_names()
    yield from _faults_of_web()
    yield from _faults_of_areas("disk")
    of_database = list(_faults_of_areas("database"))
    yield from of_database
    if not of_database:
        yield from _faults_of_areas(*_CHECKED)
        yield from _faults_of_mail()


def _faults_of_home(home: Path) -> Iterator[str]:
    if not os.access(home, os.W_OK | os.X_OK):
        yield f"The folder {home} cannot be written to by this user; give it to the user of Kerma."
    private = [home, *(home / name for name in ("secret-key", "identity-key", "kerma.sqlite3"))]
    for path in private:
        if path.exists() and path.stat().st_mode & 0o077 and _is_reachable(path, home):
            yield f"Other users can open {path}; run: chmod go= {path}"


def _is_reachable(path: Path, home: Path) -> bool:
    """Whether the modes of `path` matter: inside a closed home only those of the keys do."""
    return path.name.endswith("-key") or path == home or bool(home.stat().st_mode & 0o077)


def _faults_of_names() -> Iterator[str]:
    for name, nearest in settings.KERMA_UNKNOWN_VARIABLES.items():
        meant = f"; {nearest} may be meant" if nearest else ""
        yield f"The variable {name} is no setting of Kerma and has no effect{meant}."


def _faults_of_web() -> Iterator[str]:
    if settings.DEBUG and settings.KERMA_HOST not in {"127.0.0.1", "::1", "localhost"}:
        yield "KERMA_DEBUG shows the inside of Kerma to the network; unset it."
    if "*" in settings.ALLOWED_HOSTS:
        yield "KERMA_ALLOWED_HOSTS accepts any name; list the names that browsers use."


def _faults_of_areas(*names: str) -> Iterator[str]:
    for looked in look(*names):
        for fact in looked.facts:
            if fact.state in (State.WARN, State.OVER):
                yield fact.advice


def _faults_of_mail() -> Iterator[str]:
    chosen = mail.server()
    if chosen.tls and chosen.ssl:
        yield "KERMA_EMAIL_TLS and KERMA_EMAIL_SSL are both on, and SSL is used; unset one of them."
    try:
        if chosen.host:
            mail.reach(chosen)
    except KermaError as error:
        yield f"The e-mail server cannot be used. {error}"
