"""A query and its retrieval in the foreground: what `kerma query` and `openrem_qr.py` share."""

import sys
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from kerma.cli.database import ensure_database
from kerma.net import queries
from kerma.net.carry_out import carry_out_query, carry_out_retrieval
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, Query, RemoteNode

Row = TypeVar("Row", RemoteNode, LocalStore)


def query_now(
    command: BaseCommand, node_key: str, store_key: str, wanted: Wanted, *, retrieve: bool = True
) -> None:
    """Query a node and retrieve what is chosen, telling of the progress.

    Parameters
    ----------
    node_key, store_key
        Database id or name; the store may be "" where the node's way needs none.

    Raises
    ------
    CommandError
        If anything could not be asked or fetched.
    """
    ensure_database()
    node = _found(RemoteNode.objects.all(), node_key, "remote node")
    store = _found(LocalStore.objects.all(), store_key, "local store") if store_key else None
    query = queries.make(node, store, wanted)
    with _Line() as line:
        carry_out_query(query.pk, Aside(line.show))
    query.refresh_from_db()
    command.stdout.write(_what_was_found(query))
    if retrieve and query.counts.get("series"):
        _retrieve(command, query)
    _fail_if_incomplete(query)


def _retrieve(command: BaseCommand, query: Query) -> None:
    queries.ready(query)
    with _Line() as line:
        carry_out_retrieval(query.pk, Aside(line.show))
    query.refresh_from_db()
    counts = query.counts
    command.stdout.write(f"{counts.get('retrieved', 0)} of {counts['series']} series fetched.")


def _what_was_found(query: Query) -> str:
    counts = query.counts
    kinds = ", ".join(f"{number} {name}" for name, number in counts["by_modality"].items())
    return (
        f"Query {query.pk}: {counts.get('kept', 0)} of {counts.get('found', 0)} studies to fetch"
        f"{f' ({kinds})' if kinds else ''}, in {counts.get('series', 0)} series."
    )


def _fail_if_incomplete(query: Query) -> None:
    failed = query.counts.get("failed", 0)
    if query.state == Query.State.PAUSED:
        raise CommandError(f"Query {query.pk} was paused; resume it on its page.")
    if query.state == Query.State.FAILED:
        raise CommandError(query.error)
    if failed:
        raise CommandError(
            f"{failed} studies or series failed; the summary of query {query.pk} says why."
        )


def _found(rows: "QuerySet[Row]", key: str, what: str) -> Row:
    """Return a row by its database id or its name."""
    named = rows.filter(pk=int(key)) if key.isdecimal() else rows.filter(name=key)
    found = named.first()
    if found is not None:
        return found
    known = ", ".join(f"{row.pk} ({row.name})" for row in rows.order_by("pk"))
    raise CommandError(f"There is no {what} {key}. Known: {known or 'none'}.")


class _Line:
    """A line on a terminal that says how far it is; nothing where there is no terminal."""

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *raised: object) -> None:
        self._write("")

    def show(self, done: int, total: int, note: str) -> None:
        """Show how far it is."""
        self._write(f"{note}{f' of {total}' if total else ''} …")

    def _write(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
