"""Local stores and remote nodes: their lists with live status, and adding, changing, deleting."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kerma.net.node.echo import Echo, echo_node, echo_store
from kerma.store.models import LocalStore, Query, RemoteNode, Schedule
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import plural
from kerma.web.pages.network_forms import NodeForm, RowForm, StoreForm

_SAVED = {
    "store": "The receiver and the queries use it from now on.",
    "node": "Queries use it from now on.",
}


class Part(NamedTuple):
    """Some fields under a heading."""

    heading: str
    fields: list[BoundField]
    note: str = ""


class Kind(NamedTuple):
    """Stores and nodes, as their pages call them."""

    name: str
    model: Any
    form: type[RowForm]
    parts: tuple[tuple[str, str, str], ...]
    """Heading, names of fields, note."""


STORE = Kind(
    "store",
    LocalStore,
    StoreForm,
    (
        ("Store", "name ae_title port is_ours enabled", ""),
        (
            "Who may send",
            "any_called_title calling_titles calling_addresses address max_associations "
            "max_object_mb",
            "",
        ),
        ("Encryption", "tls tls_certificate tls_key tls_client_authority", ""),
    ),
)
NODE = Kind(
    "node",
    RemoteNode,
    NodeForm,
    (
        ("Node", "name way", ""),
        (
            "DICOM",
            "ae_title calling_ae_title host_name address port modality_in_study_query",
            "The node must know Kerma by this AE title, and, for C-MOVE, the store by its own.",
        ),
        ("Politeness", "delay_s timeout_s", ""),
        ("Encryption", "tls tls_authority tls_certificate tls_key", ""),
        (
            "DICOMweb",
            "web_url web_user web_password forget_password web_token forget_token",
            "Either a user with a password, or a token.",
        ),
    ),
)


@require_safe
@groups("admin")
def network(request: HttpRequest) -> HttpResponse:
    """List the stores and nodes; the status of each is asked for by the page once it is open."""
    context = {
        "stores": LocalStore.objects.order_by("pk"),
        "nodes": RemoteNode.objects.order_by("pk"),
    }
    return render(request, "web/network.html", context)


@require_safe
@groups("admin", "import-qr")
def store_echo(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a store whether it is there."""
    store = get_object_or_404(LocalStore, pk=number)
    if store.is_ours and not store.enabled:
        return render(request, "web/echo.html", {"row": store, "is_off": True})
    return _status(request, store, echo_store(store))


@require_safe
@groups("admin", "import-qr")
def node_echo(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a node whether it is there."""
    node = get_object_or_404(RemoteNode, pk=number)
    return _status(request, node, echo_node(node))


def _status(request: HttpRequest, row: LocalStore | RemoteNode, answer: Echo) -> HttpResponse:
    """Show an answer, and keep when the last good one came."""
    if answer.ok:
        row.seen_at = timezone.now()
        row.save(update_fields=["seen_at"])
    return render(request, "web/echo.html", {"row": row, "answer": answer})


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def store_add(request: HttpRequest) -> HttpResponse:
    """Add a store."""
    return _edit(request, STORE, LocalStore(port=11112))


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def node_add(request: HttpRequest) -> HttpResponse:
    """Add a node."""
    return _edit(request, NODE, RemoteNode())


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def store(request: HttpRequest, number: int) -> HttpResponse:
    """Change a store."""
    return _edit(request, STORE, get_object_or_404(LocalStore, pk=number))


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def node(request: HttpRequest, number: int) -> HttpResponse:
    """Change a node."""
    return _edit(request, NODE, get_object_or_404(RemoteNode, pk=number))


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def store_delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a store, after saying what hangs on it."""
    row = get_object_or_404(LocalStore, pk=number)
    waiting = Schedule.objects.filter(store=row).order_by("name")
    effects = [f"{plural(waiting.count(), 'schedule')} would have no store to retrieve to"]
    return _delete(request, STORE, row, list(waiting), effects)


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def node_delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a node with its schedules, after saying what hangs on it."""
    row = get_object_or_404(RemoteNode, pk=number)
    gone = Schedule.objects.filter(node=row).order_by("name")
    kept = Query.objects.filter(node=row).count()
    effects = [
        f"{plural(gone.count(), 'schedule')} would be deleted with it",
        f"{plural(kept, 'query')} would stay in the summary, but could not be repeated",
    ]
    return _delete(request, NODE, row, list(gone), effects)


def _edit(request: HttpRequest, kind: Kind, row: Any) -> HttpResponse:
    is_new = row.pk is None
    form = kind.form(row, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        parts = [
            Part(heading, [form[name] for name in names.split() if name in form.fields], words)
            for heading, names, words in kind.parts
        ]
        context = {"form": form, "kind": kind.name, "row": row, "parts": parts, "within": "network"}
        return render(request, "web/network_form.html", context)
    with transaction.atomic():
        form.keep()
        action = f"{'add' if is_new else 'change'} {kind.name}"
        note(request, action, name=row.name, database_id=row.pk, changes=form.audited())
    number = f" Scripts use its database id {row.pk}." if is_new else ""
    messages.success(request, f"{row.name} is saved. {_SAVED[kind.name]}{number}")
    return redirect("network")


def _delete(
    request: HttpRequest, kind: Kind, row: Any, schedules: list[Schedule], effects: list[str]
) -> HttpResponse:
    if request.method != "POST":
        context = {
            "kind": kind.name,
            "row": row,
            "schedules": schedules,
            "effects": effects,
            "within": "network",
        }
        return render(request, "web/network_delete.html", context)
    with transaction.atomic():
        number = row.pk
        row.delete()
        note(
            request,
            f"delete {kind.name}",
            name=row.name,
            database_id=number,
            schedules=[one.name for one in schedules],
        )
    messages.success(request, f"{row.name} is deleted.")
    return redirect("network")
