"""Which processes of Kerma live: each keeps a row of itself fresh, whichever host it is on."""

import datetime as dt
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import QuerySet

from kerma.store import log_choices
from kerma.store.models import Process

_log = logging.getLogger("kerma.processes")

BEAT_S = 5.0
SILENT_S = 20.0
"""A process silent for this long is taken for dead."""
_FORGOTTEN = dt.timedelta(days=7)

Status = dict[str, Any]


def beat(kind: str, status: Status | None = None) -> None:
    """Say that this process lives, and how it is.

    Parameters
    ----------
    kind
        `web`, `receive`, `work` or `schedule`.
    status
        What the page of services shows: ports, objects received, what it does …
    """
    now = _now()
    seen = {"seen_at": now, "status": status or {}}
    Process.objects.update_or_create(
        kind=kind, host=_host(), pid=os.getpid(), defaults=seen,
        create_defaults=seen | {"started_at": now},
    )  # fmt: skip


def gone(kind: str) -> None:
    """Say that this process ends."""
    Process.objects.filter(kind=kind, host=_host(), pid=os.getpid()).delete()


def living(*kinds: str, seconds: float = SILENT_S) -> "QuerySet[Process]":
    """Return the processes heard of lately, those of some kinds or all."""
    heard = Process.objects.filter(seen_at__gte=_now() - dt.timedelta(seconds=seconds))
    if kinds:
        heard = heard.filter(kind__in=kinds)
    return heard.order_by("kind", "host", "pid")


def are_all_here(kind: str) -> bool:
    """Return whether there are living processes of a kind, and none on another host."""
    return set(living(kind).values_list("host", flat=True)) == {_host()}


def forget_dead() -> int:
    """Remove rows of processes that ended without a word long ago; return how many."""
    return Process.objects.filter(seen_at__lt=_now() - _FORGOTTEN).delete()[0]


@contextmanager
def alive(kind: str, describe: Callable[[], Status] = dict) -> Iterator[None]:
    """Keep the row of this process fresh, in a thread, for as long as the block runs."""
    ended = threading.Event()
    thread = threading.Thread(
        target=_keep_beating, args=(kind, describe, ended), daemon=True, name="alive"
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=BEAT_S)


def _keep_beating(kind: str, describe: Callable[[], Status], ended: threading.Event) -> None:
    _quietly(lambda: gone(kind))  # an earlier process may have had this number
    while True:
        _quietly(lambda: beat(kind, describe()))
        _quietly(log_choices.follow)
        if ended.wait(BEAT_S):
            break
    _quietly(lambda: gone(kind))
    connection.close()


def _quietly(act: Callable[[], None]) -> None:
    """Act; a database that does not answer is told by whoever needs it more."""
    try:
        act()
    except DatabaseError as error:
        _log.debug("The row of this process could not be written: %s", error)
        connection.close()


def _host() -> str:
    return socket.gethostname()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
