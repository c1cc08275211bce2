"""A query and its retrieval carried out, by a worker or in the foreground, and told by its row."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Q

from kerma.errors import KermaError
from kerma.net import queries
from kerma.net.ask.query import ask
from kerma.net.book import Log
from kerma.net.fetch.retrieve import Retrieval, Struggling
from kerma.net.node.echo import echo_store
from kerma.net.node.faults import Passing
from kerma.net.telling import Teller
from kerma.store.jobs import Cancelled, Interrupted, RunLater
from kerma.store.models import LocalStore, Query, RemoteNode, Task

_RESTS_S = (120.0, 240.0, 360.0)
"""Seconds to wait, one after the other, when a node fails for longer."""
_ENDED = (Task.State.DONE, Task.State.FAILED, Task.State.CANCELLED)
_BEFORE_FOUND = (
    Query.State.QUEUED,
    Query.State.QUERYING,
    Query.State.FAILED,
    Query.State.CANCELLED,
)
_BEFORE_DONE = (Query.State.RETRIEVING, Query.State.FAILED, Query.State.CANCELLED)


class NodeGone(KermaError):
    """The node of a query has been removed from the settings."""


def carry_out_query(query_id: int, teller: Teller, task_id: int | None = None) -> bool:
    """Ask the node what a query wants; return False if there is nothing to do.

    Parameters
    ----------
    task_id
        The task that does it; None in the foreground, where a struggling node is a failure.

    Raises
    ------
    KermaError
        If the node cannot be asked; the row says so too.
    """
    query = _taken(query_id, task_id, _BEFORE_FOUND)
    if query is None:
        return False
    _set(query, state=Query.State.QUERYING, queried_at=_now(), finished_at=None, error="")
    with _row_tells(query, task_id):
        ask(query, _node(query), teller)
        _found(query, by_worker=task_id is not None)
    return True


def carry_out_retrieval(query_id: int, teller: Teller, task_id: int | None = None) -> bool:
    """Fetch what a query has kept and not fetched; return False if not all was tried.

    Raises
    ------
    KermaError
        If the node cannot be asked; the row says so too.
    """
    query = _taken(query_id, task_id, _BEFORE_DONE)
    if query is None:
        return False
    _set(query, state=Query.State.RETRIEVING, finished_at=None, error="")
    with _row_tells(query, task_id):
        node, store = _node(query), query.store if query.node else None
        _warn_of_silent_store(query, node, store)
        retrieval = Retrieval(query, node, store)
        if not retrieval.run(teller, lambda: _goes_on(query, task_id)):
            return False
        if retrieval.passing and task_id is not None and _may_rest(query):
            retrieval.try_again_later()
            raise Struggling(retrieval.passing[0].fault or "The node failed to send some series.")
        _finished(query)
    return True


def _taken(query_id: int, task_id: int | None, states: tuple[str, ...]) -> Query | None:
    """Return the query if it is in one of the states and no other task has it."""
    rows = Query.objects.filter(pk=query_id, state__in=states)
    if task_id is not None:
        free = Q(task_id=task_id) | Q(task=None) | Q(task__state__in=_ENDED)
        if not rows.filter(free).update(task_id=task_id):
            return None
    return rows.select_related("node", "store").first()


def _node(query: Query) -> RemoteNode:
    if query.node is None:
        raise NodeGone(f"The node {query.node_name} is no longer in the settings.")
    return query.node


@contextmanager
def _row_tells(query: Query, task_id: int | None) -> Iterator[None]:
    """Let the row say how the work under way ended."""
    try:
        yield
    except Interrupted:
        raise  # another worker goes on with it
    except (Cancelled, KeyboardInterrupt):
        _set(query, state=Query.State.CANCELLED, stage="Terminated", finished_at=_now())
        raise
    except (Passing, Struggling) as fault:
        if task_id is None or not _may_rest(query):
            _failed(query, fault)
            raise
        seconds = _rest(query)
        sentence = f"{fault} It is tried again in {seconds / 60:g} minutes."
        _say(query, sentence)
        raise RunLater(sentence, seconds) from fault
    except KermaError as error:
        _failed(query, error)
        raise


def _may_rest(query: Query) -> bool:
    return int(query.counts.get("rests", 0)) < len(_RESTS_S)


def _rest(query: Query) -> float:
    """Count one more rest, and return how long it takes."""
    query.refresh_from_db(fields=["counts"])
    taken = int(query.counts.get("rests", 0))
    _set(query, counts=query.counts | {"rests": taken + 1})
    return _RESTS_S[min(taken, len(_RESTS_S) - 1)]


def _found(query: Query, *, by_worker: bool) -> None:
    """Note that the answers are here, and go on at once with the retrieval if so wanted."""
    with transaction.atomic():
        nothing = not query.counts.get("kept")
        done = query.retrieve_at_once and nothing
        state = Query.State.DONE if done else Query.State.FOUND
        _set(query, state=state, stage="", finished_at=_now() if done else None)
        if by_worker and query.retrieve_at_once and not nothing:
            queries.retrieve(query, query.user)


def _finished(query: Query) -> None:
    """Note the end of a retrieval; where nothing could be fetched it has failed."""
    counts = query.counts
    nothing = counts.get("failed") and not counts.get("retrieved") and not counts.get("partly")
    if not nothing:
        _set(query, state=Query.State.DONE, stage="", finished_at=_now())
        return
    series = queries.kept_series(query).exclude(fault="").first()
    reason = series.fault if series else "No study could be looked into."
    _set(
        query,
        state=Query.State.FAILED,
        stage="",
        error=f"Nothing could be fetched. {reason}",
        finished_at=_now(),
    )


def _failed(query: Query, error: KermaError) -> None:
    _say(query, str(error))
    _set(query, state=Query.State.FAILED, stage="", error=str(error), finished_at=_now())


def _goes_on(query: Query, task_id: int | None) -> bool:
    """Return whether nobody has paused the retrieval or begun it anew."""
    row = Query.objects.filter(pk=query.pk, state=Query.State.RETRIEVING)
    return row.filter(task_id=task_id).exists() if task_id is not None else row.exists()


def _warn_of_silent_store(query: Query, node: RemoteNode, store: LocalStore | None) -> None:
    """Say beforehand why a C-MOVE to a store that is not there will fail."""
    if node.way != node.Way.MOVE or store is None or not store.is_ours:
        return
    echo = echo_store(store)
    if not echo.ok:
        _say(
            query,
            f"The store {store.ae_title} does not answer on this computer: {echo.sentence} "
            "If it does not run elsewhere, start `kerma receive`.",
        )


def _say(query: Query, sentence: str) -> None:
    log = Log(query)
    log.line(sentence)
    log.write()
    Query.objects.filter(pk=query.pk).update(stage=sentence)


def _set(query: Query, **columns: object) -> None:
    Query.objects.filter(pk=query.pk).update(**columns)
    for name, value in columns.items():
        setattr(query, name, value)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
