"""Background work: what runs, waits and is done; terminated, run again; the services that do it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.pipeline import spool
from kerma.store import jobs, options, processes
from kerma.store.models import Task
from kerma.web import task_lines
from kerma.web.access import groups, may
from kerma.web.actor import actor, note
from kerma.web.forms import PageForm
from kerma.web.pages.policies import Part, note_changes

STARTERS = ("import-size", "import-qr", "export", "admin")
"""Groups whose members start tasks, and see their own."""

_ON_A_PAGE = 50
_SHOWN = 200
"""Running and waiting tasks shown at most."""
_LARGEST_HISTORY = 1_000_000


class HistoryForm(PageForm):
    """How many finished tasks are listed."""

    units = {"task_history": "tasks"}

    task_history = forms.IntegerField(
        label="Size of the task history",
        min_value=10,
        max_value=_LARGEST_HISTORY,
        help_text="Older finished tasks are removed. Tasks that wait or run are always kept.",
    )


@require_safe
@groups("admin")
def tasks(request: HttpRequest) -> HttpResponse:
    """Show all of it."""
    return render(request, "web/tasks.html", _everything(request))


@require_safe
@groups("admin")
def live(request: HttpRequest) -> HttpResponse:
    """Return the parts of the page that change by themselves."""
    return render(request, "web/tasks_part.html", _everything(request))


@require_safe
@groups(*STARTERS)
def mine(request: HttpRequest) -> HttpResponse:
    """Return the user's own tasks for the top bar, and a notice for each watched one that ended."""
    own = Task.objects.filter(user=actor(request).pk).order_by("-pk")
    watched = [int(text) for text in request.GET.getlist("watched")[:50] if text.isdecimal()]
    context = {
        "lines": _lines(own.filter(state__in=("running", "queued"))[:20]),
        "ended": _lines(own.filter(pk__in=watched, state__in=jobs.FINISHED)),
        "administers": may(request.user, "admin"),
    }
    return render(request, "web/tasks_mine.html", context)


@require_safe
@groups(*STARTERS)
def task(request: HttpRequest, number: int) -> HttpResponse:
    """Show one task."""
    part = "web/task_part.html" if request.GET.get("part") else "web/task.html"
    return render(request, part, _one(request, number))


@require_POST
@groups(*STARTERS)
def terminate(request: HttpRequest, number: int) -> HttpResponse:
    """Ask once, telling what it means; then terminate the task."""
    context = _one(request, number)
    found = context["line"].task
    if found.state in jobs.FINISHED:
        messages.info(request, "The task has ended already.")
        return redirect("task", number)
    if request.POST.get("sure") != "yes":
        return render(request, "web/task_sure.html", context)
    with transaction.atomic():
        jobs.cancel(number)
        note(request, "terminate task", task=number, title=found.title)
    messages.success(request, "The task is told to stop. It ends at its next step.")
    return redirect("task", number)


@require_POST
@groups(*STARTERS)
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Start the work of a finished task again."""
    found = _one(request, number)["line"].task
    if found.state not in jobs.FINISHED:
        messages.info(request, "The task has not ended yet.")
        return redirect("task", number)
    with transaction.atomic():
        new = jobs.run_again(found, actor(request))
        note(request, "run task again", task=number, title=found.title)
    messages.success(request, "Started again.")
    return redirect("task", new.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def settings(request: HttpRequest) -> HttpResponse:
    """Choose how many finished tasks are kept."""
    form = HistoryForm(
        request.POST if request.method == "POST" else None,
        initial={"task_history": options.get("task_history")},
    )
    if form.is_valid():
        with transaction.atomic():
            options.put("task_history", form.cleaned_data["task_history"])
            note_changes(request, form)
        messages.success(request, "Saved.")
        return redirect("task-settings")
    context = {
        "form": form,
        "heading": "Task settings",
        "about": "What the list of tasks remembers.",
        "parts": [Part("History", [form["task_history"]])],
        "said": "Changes apply within ten minutes.",
    }
    return render(request, "web/settings_form.html", context)


def _everything(request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows, by the filters of the address."""
    asked = {name: request.GET.get(name, "") for name in ("job", "state")}
    given = {name: text for name, text in asked.items() if text}
    found = Task.objects.select_related("user")
    if asked["job"]:
        found = found.filter(job=asked["job"])
    states = [asked["state"]] if asked["state"] in Task.State.values else Task.State.values
    page = _recent(found.filter(state__in=[s for s in jobs.FINISHED if s in states]), request)
    living = list(processes.living())
    return {
        "asked": asked,
        "given": urlencode(given),
        "kinds": task_lines.labels(),
        "states": Task.State.choices,
        "running": _lines(_of(found, Task.State.RUNNING, states).order_by("started_at")),
        "waiting": _lines(_of(found, Task.State.QUEUED, states).order_by("pk")),
        "page": page,
        "lines": _lines(page.object_list),
        "services": task_lines.services(living),
        "works": any(one.kind == "work" for one in living),
        "in_spool": spool.count(),
        "in_queue": Task.objects.filter(state=Task.State.QUEUED).count(),
    }


def _of(found: "QuerySet[Task]", state: str, states: list[str]) -> "QuerySet[Task]":
    return found.filter(state=state) if state in states else found.none()


def _recent(found: "QuerySet[Task]", request: HttpRequest) -> "Page[Task]":
    return Paginator(found.order_by("-pk"), _ON_A_PAGE).get_page(request.GET.get("page"))


def _lines(found: Any) -> list[task_lines.TaskLine]:
    return [task_lines.line(one) for one in found[:_SHOWN]]


def _one(request: HttpRequest, number: int) -> dict[str, Any]:
    """Return a task; those of others are for administrators alone."""
    found = get_object_or_404(Task.objects.select_related("user"), pk=number)
    if found.user_id != actor(request).pk and not may(request.user, "admin"):
        raise Http404
    return {
        "line": task_lines.line(found),
        "works": processes.living("work").exists(),
        "within": "tasks",
    }
