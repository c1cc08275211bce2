"""What becomes of each kind of object: Kerma's own copies, and the files people import."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kerma.health.words import size
from kerma.pipeline.tidy import drop_unwanted
from kerma.store import keeping, options
from kerma.store.keeping import KINDS, NOTHING, Held
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import plural
from kerma.web.forms import PageForm
from kerma.web.pages.policies import Part, note_changes
from kerma.web.work import SECONDS, Step, Work, carry_on

_LONGEST_DAYS = 36_525
_REPORTS_HELP = (
    "With it, a later version of Kerma can read the report again without asking the archive."
)
_IMAGES_HELP = "The header without pixel data, some kilobytes each."


class Line(NamedTuple):
    """What becomes of a kind today, in words."""

    label: str
    copies: str
    files: str
    objects: int
    size: str


class RetentionForm(PageForm):
    """What is kept of each kind, how long, and which files may go."""

    switches = True
    units = {"keep_days": "days", "quarantine_days": "days"}

    keep_days = forms.IntegerField(
        label="Days to keep copies",
        min_value=0,
        max_value=_LONGEST_DAYS,
        help_text="0 keeps them for good. Older ones are removed once a day by the scheduler, or "
        "by the command kerma tidy.",
    )
    quarantine_days = forms.IntegerField(
        label="Days to keep objects in quarantine",
        min_value=1,
        max_value=_LONGEST_DAYS,
        help_text="The encrypted copies then go; the reasons stay. Applies to new entries.",
    )


RetentionForm.base_fields |= {
    kind.keep: forms.BooleanField(
        required=False,
        label=f"{kind.label}: keep a copy",
        help_text=_REPORTS_HELP if kind.name == "reports" else _IMAGES_HELP,
    )
    for kind in KINDS
} | {
    kind.delete: forms.BooleanField(required=False, label=f"{kind.label}: delete the file")
    for kind in (*KINDS, NOTHING)
}


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def retention(request: HttpRequest) -> HttpResponse:
    """Choose what is kept of each kind, and show what becomes of it today."""
    names = list(RetentionForm.base_fields)
    initial = dict(zip(names, options.several(*names), strict=True))
    form = RetentionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            for name, _, new in form.changes():
                options.put(name, new)
            note_changes(request, form)
        messages.success(request, "Saved.")
        return redirect("retention")
    held = keeping.held()
    context = {
        "form": form,
        "lines": [_line(one, initial) for one in held] + [_line_of_nothing(initial)],
        "unwanted": sum(one.objects for one in held if not one.is_kept),
        "unwanted_size": size(sum(one.size_bytes for one in held if not one.is_kept)),
        "parts": _parts(form),
    }
    return render(request, "web/retention.html", context)


def _parts(form: RetentionForm) -> list[Part]:
    return [
        Part(
            "Kerma’s own copies of objects",
            [*(form[kind.keep] for kind in KINDS), form["keep_days"]],
            "Identity is taken out as on the page about privacy, and pixel data are left out.",
        ),
        Part(
            "Files imported by command",
            [form[kind.delete] for kind in (*KINDS, NOTHING)],
            "A file of yours goes only where the command says --delete, and never if it was "
            "refused. Files within a zip file stay.",
        ),
        Part("Quarantine", [form["quarantine_days"]]),
    ]


@require_http_methods(["GET", "POST"])
@groups("admin")
def apply(request: HttpRequest) -> HttpResponse:
    """Remove the copies that are kept of kinds the site keeps no more."""

    def portion(step: Step) -> Step:
        went = drop_unwanted(SECONDS)
        return step.next("on" if went and keeping.unwanted().exists() else "", went, went)

    def finished(step: Step) -> str:
        note(request, "remove copies", objects=step.done)
        return f"{plural(step.done, 'copy')} removed. What was read from them stays."

    about = "Only Kerma’s own copies go. Studies, doses and reasons stay as they are."
    work = Work(
        "Removing copies that are kept no more",
        about,
        portion,
        keeping.unwanted().count,
        finished,
        reverse("retention"),
    )
    return carry_on(request, work)


def _line(held: Held, chosen: dict[str, object]) -> Line:
    days = chosen["keep_days"]
    until = f"for {days} days" if days else "for good"
    copies = f"A copy without identity is kept {until}." if held.is_kept else "No copy is kept."
    about = "about " if held.is_estimate else ""
    amount = f"{about}{size(held.size_bytes)}" if held.objects else ""
    return Line(held.kind.label, copies, _files(held.kind.delete, chosen), held.objects, amount)


def _line_of_nothing(chosen: dict[str, object]) -> Line:
    copies = "Nothing is kept but the entry in the ledger."
    return Line(NOTHING.label, copies, _files(NOTHING.delete, chosen), 0, "")


def _files(name: str, chosen: dict[str, object]) -> str:
    return "Goes with --delete." if chosen[name] else "Stays, even with --delete."
