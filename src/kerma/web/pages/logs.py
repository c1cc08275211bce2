"""The logs: read on a page, followed as they grow, and how much each of them keeps."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from kerma import logs
from kerma.health.words import size
from kerma.logs import COMPONENTS, LEVELS, Choice
from kerma.store import log_choices
from kerma.web import log_lines
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm

_LABELS = {component.name: component.label for component in COMPONENTS}


class ChoiceForm(PageForm):
    """Level and size of one log."""

    units = {"size_mb": "MB", "older": "files"}

    level = forms.ChoiceField(
        label="Least severe messages written", choices=[(name, name) for name in LEVELS]
    )
    size_mb = forms.IntegerField(
        label="A new file begins at",
        min_value=1,
        max_value=1000,
    )
    older = forms.IntegerField(
        label="Files before it that are kept",
        min_value=0,
        max_value=100,
    )


@require_safe
@groups("admin")
def log(request: HttpRequest) -> HttpResponse:
    """Show the latest entries of one log: of a level or worse, with some words."""
    component = _component(request)
    level = request.GET.get("level", "")
    words = request.GET.get("q", "").strip()
    path = logs.path_of(_home(), component)
    found = log_lines.latest(path, level if level in LEVELS else "", words)
    asked = {"component": component, "level": level, "q": words}
    given = urlencode({name: value for name, value in asked.items() if value})
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "following": request.GET.get("follow") == "1",
        "part": f"{reverse('logs')}?{given}",
        "levels": LEVELS,
    }
    if getattr(request, "htmx", False):
        return render(request, "web/log_part.html", context)
    return render(request, "web/logs.html", context | _frame(component))


def _frame(component: str) -> dict[str, Any]:
    """Return what stands around the entries: the other logs, and the choice for this one."""
    choice = log_choices.current()[component]
    return {
        "component": component,
        "label": _LABELS[component],
        "components": [(one.name, one.label) for one in COMPONENTS],
        "form": ChoiceForm(initial=choice._asdict()),
        "files": [
            (age, size(path.stat().st_size))
            for age in range(choice.older + 1)
            if (path := logs.path_of(_home(), component, age)).exists()
        ],
    }


@require_http_methods(["POST"])
@groups("admin")
def choose(request: HttpRequest) -> HttpResponse:
    """Keep level and size of one log."""
    component = request.POST.get("component", "")
    if component not in _LABELS:
        raise Http404
    before = log_choices.current()[component]
    form = ChoiceForm(request.POST, initial=before._asdict())
    back = f"{reverse('logs')}?component={component}"
    if not form.is_valid():
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
        return redirect(back)
    with transaction.atomic():
        log_choices.choose(component, Choice(**form.cleaned_data))
        for name, old, new in form.changes():
            label = f"{_LABELS[component]} log: {form.fields[name].label}"
            note(request, "change setting", setting=label, old=old, new=new)
    messages.success(request, "Saved. Running processes follow within a few seconds.")
    return redirect(back)


@require_safe
@groups("admin")
def download(request: HttpRequest) -> HttpResponseBase:
    """Give a log file, or one of those before it."""
    age = request.GET.get("age", "0")
    path = logs.path_of(_home(), _component(request), int(age) if age.isdecimal() else 0)
    if not path.is_file():
        raise Http404
    name = f"kerma-{path.name.replace('.log', '')}.log"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _component(request: HttpRequest) -> str:
    asked = request.GET.get("component", COMPONENTS[0].name)
    if asked not in _LABELS:
        raise Http404
    return asked


def _home() -> Path:
    return Path(settings.KERMA_HOME)
