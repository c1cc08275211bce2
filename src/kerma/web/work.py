"""Long work from a page: a task where a worker lives, else done a second at a time.

Without a worker each request carries on where the last stopped. A script asks for the next portion
by itself; without one there is a button. Who leaves the page then stops the work, and nothing is
half-done: every study is a transaction of its own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from kerma.net import every_job
from kerma.store import jobs, processes
from kerma.web.actor import actor

M = TypeVar("M", bound=Model)

_AT_ONCE = 200
"""Rows looked up at a time."""

SECONDS = 1.0
"""How long a request may work."""


class Step(NamedTuple):
    """How far the work has come."""

    after: str = ""
    done: int = 0
    changed: int = 0
    total: int = 0
    is_finished: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> "Step":
        """Return where the last portion stopped; the start if there was none."""

        def number(name: str) -> int:
            text = request.POST.get(name, "")
            return int(text) if text.isdecimal() and len(text) < 12 else 0

        after = request.POST.get("after", "")[:200]
        return cls(after, number("done"), number("changed"), number("total"))

    def next(self, after: str, done: int, changed: int) -> "Step":
        """Return the step after a portion of which these are the figures."""
        return Step(after, self.done + done, self.changed + changed, self.total, not after)


class Work(NamedTuple):
    """One piece of work as its page shows it."""

    heading: str
    note: str
    portion: Callable[[Step], Step]
    amount: Callable[[], int]
    """How much there is to do, asked at the start."""
    finished: Callable[[Step], str]
    """What to say at the end."""
    back: str
    """Address to go to at the end."""
    job: str = ""
    """The job that does the same in the background, if there is one."""
    arguments: Mapping[str, Any] = {}
    """What the job is given."""


_OWN = frozenset({"after", "done", "changed", "total", "csrfmiddlewaretoken"})


def carry_on(request: HttpRequest, work: Work) -> HttpResponse:
    """Do a portion; show how far it is, or go back with a message when it is finished.

    A page that is merely opened shows the start, and its script begins. Where a worker lives, the
    work becomes a task.
    """
    step = Step.of(request)
    if request.method == "POST" and work.job and not step.done and a_worker_lives():
        return hand_over(request, work.job, work.heading, work.arguments)
    if not step.done:
        step = step._replace(total=work.amount())
    if request.method == "POST":
        step = work.portion(step)
    if step.is_finished:
        messages.success(request, work.finished(step))
        return go(request, work.back)
    context = {"work": work, "step": step, "kept": kept(request)}
    part = "web/work_part.html" if getattr(request, "htmx", False) else "web/work.html"
    return render(request, part, context)


def a_worker_lives() -> bool:
    """Return whether a task would be done by somebody."""
    return processes.living("work").exists()


def hand_over(
    request: HttpRequest, job: str, title: str, arguments: Mapping[str, Any]
) -> HttpResponse:
    """Ask for a task, and go to its page."""
    every_job.load()
    task = jobs.enqueue(job, title, user=actor(request), **arguments)
    return go(request, reverse("task", args=[task.pk]))


def through(chosen: "QuerySet[M]", step: Step, act: Callable[[M], bool]) -> Step:
    """Act on some of the rows, in the order of their numbers; `act` says whether it succeeded."""
    until = time.monotonic() + SECONDS
    after = int(step.after) if step.after.isdecimal() else 0
    rows = list(chosen.filter(pk__gt=after).order_by("pk")[:_AT_ONCE])
    changed = 0
    for done, row in enumerate(rows, start=1):
        place = str(row.pk)
        changed += act(row)
        if time.monotonic() > until or done == _AT_ONCE:
            return step.next(place, done, changed)
    return step.next("", len(rows), changed)


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect a browser, or the script that asked."""
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def kept(request: HttpRequest) -> Sequence[tuple[str, str]]:
    """Return what the form said at the start, to say it again."""
    return [
        (name, text) for name, texts in request.POST.lists() for text in texts if name not in _OWN
    ]
