"""Queries that repeat: their list, the grid of hours, a preview in words, history."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.errors import KermaError
from kerma.net.schedule import hours as week
from kerma.net.schedule import runs as schedules_due
from kerma.net.schedule.plan import LONGEST_MIN, SHORTEST_MIN, Plan, dates, decide, next_run
from kerma.net.wanted import Wanted
from kerma.store.models import Query, RemoteNode, Schedule
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import ago, minute, weekday
from kerma.web.pages.query_forms import WantedForm, initial_of, options_of
from kerma.web.query_words import modalities_of

ACCESS = ("admin", "import-qr")
_OWN = ("name", "every_min", "overlap_h", "first_days", "enabled")
_HISTORY = 20
_NO_HOUR = "no hour is allowed"


class ScheduleForm(WantedForm):
    """A query without days, and when it repeats."""

    units = {"every_min": "minutes", "overlap_h": "hours", "first_days": "days"}

    name = forms.CharField(
        label="Name", max_length=100, help_text="For example “Nightly dose reports of the PACS”."
    )
    enabled = forms.BooleanField(required=False, initial=True, label="Switched on")
    every_min = forms.IntegerField(
        label="Repeat after",
        min_value=SHORTEST_MIN,
        max_value=LONGEST_MIN,
        initial=60,
        help_text="From the start of one run to that of the next, within the hours above.",
    )
    overlap_h = forms.IntegerField(
        label="Overlap",
        min_value=0,
        max_value=24 * 90,
        initial=24,
        help_text="Each run asks from the last success on, and as long before it: for studies "
        "that reach the node late.",
    )
    first_days = forms.IntegerField(
        label="The first run looks back", min_value=0, max_value=3660, initial=7
    )
    hours = forms.TypedMultipleChoiceField(
        required=False, choices=[(n, str(n)) for n in range(week.WEEK_H)], coerce=int
    )

    def __init__(self, row: Schedule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["enabled"].widget.attrs |= {"class": "switch", "role": "switch"}

    def clean_name(self) -> str:
        """Return the name, which no other schedule has."""
        name: str = self.cleaned_data["name"]
        if Schedule.objects.exclude(pk=self.row.pk).filter(name__iexact=name).exists():
            raise forms.ValidationError("This name is taken. Choose another one.")
        return name

    def flags(self) -> list[bool]:
        """Return the week as it is kept."""
        chosen = set(self.cleaned_data.get("hours", ()))
        return [hour in chosen for hour in range(week.WEEK_H)]

    def keep(self) -> None:
        """Write the schedule."""
        for name in ("node", "store", *_OWN):
            setattr(self.row, name, self.cleaned_data[name])
        self.row.wanted = self.wanted().as_json()
        self.row.hours = self.flags()
        self.row.save()


class Line(NamedTuple):
    """A schedule in the list."""

    schedule: Schedule
    asks: str
    hours: str
    next: str
    latest: Query | None


class Cell(NamedTuple):
    """One box of the grid."""

    number: int
    label: str
    is_on: bool


@require_safe
@groups(*ACCESS)
def schedules(request: HttpRequest) -> HttpResponse:
    """List the schedules, each with its next run and what its latest one did."""
    found = list(Schedule.objects.select_related("node", "store").order_by("name"))
    newest = Query.objects.filter(schedule__in=found).values("schedule").annotate(last=Max("pk"))
    latest = {
        one.schedule_id: one
        for one in Query.objects.filter(pk__in=[row["last"] for row in newest]).defer("log")
    }
    lines = [
        Line(
            one,
            modalities_of(Wanted.of(one.wanted)),
            week.in_words(one.hours),
            _next(schedules_due.plan_of(one)),
            latest.get(one.pk),
        )
        for one in found
    ]
    context = {"lines": lines, "has_nodes": RemoteNode.objects.exists()}
    return render(request, "web/schedules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*ACCESS)
def add(request: HttpRequest) -> HttpResponse:
    """Add a schedule, from nothing or from a query that was made by hand."""
    if not RemoteNode.objects.exists():
        return redirect("schedules")  # where it says what is missing
    number = request.GET.get("query", "")
    before = None
    if number.isdecimal() and len(number) < 12:
        before = Query.objects.filter(pk=int(number)).first()
    return _edit(request, Schedule(hours=week.night()), initial_of(before, with_days=False))


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*ACCESS)
def schedule(request: HttpRequest, number: int) -> HttpResponse:
    """Show a schedule with its history, or change it."""
    row = get_object_or_404(Schedule, pk=number)
    initial = {name: getattr(row, name) for name in _OWN}
    initial |= {"node": row.node_id, "store": row.store_id} | options_of(Wanted.of(row.wanted))
    return _edit(request, row, initial)


def _edit(request: HttpRequest, row: Schedule, initial: dict[str, Any]) -> HttpResponse:
    is_new = row.pk is None
    initial["hours"] = [n for n, is_on in enumerate(row.hours) if is_on]
    posted = _with_preset(request.POST) if request.method == "POST" else None
    form = ScheduleForm(row, posted, initial=initial)
    if posted is not None and "preset" not in posted and form.is_valid():
        with transaction.atomic():
            form.keep()
            action = "add schedule" if is_new else "change schedule"
            note(request, action, name=row.name, changed=_changed(form))
        messages.success(
            request, f"{row.name} is saved. {_next_in_words(schedules_due.plan_of(row))}"
        )
        return redirect("schedules")
    return render(request, "web/schedule.html", _context(form, row))


def _changed(form: ScheduleForm) -> list[str]:
    """Return the names of the fields that were changed."""
    return [name.replace("_", " ") for name in form.changed_data]


def _with_preset(posted: QueryDict) -> QueryDict:
    """Return what was sent, the hours replaced by those of the preset button if one was pressed."""
    name = posted.get("preset", "")
    if name not in week.PRESETS:
        return posted
    changed = posted.copy()
    flags = week.PRESETS[name][1]()
    changed.setlist("hours", [str(n) for n, is_on in enumerate(flags) if is_on])
    return changed


def _context(form: ScheduleForm, row: Schedule) -> dict[str, Any]:
    on = {int(n) for n in form["hours"].value() or () if str(n).isdecimal()}
    history = Query.objects.filter(schedule=row).order_by("-pk") if row.pk else Query.objects.none()
    return {
        "form": form,
        "row": row,
        "settings": [form[name] for name in ("name", "enabled", "node", "store")],
        "repeats": [form[name] for name in ("every_min", "overlap_h", "first_days")],
        "grid": _grid(on),
        "hours": range(24),
        "presets": [(name, label) for name, (label, _) in week.PRESETS.items()],
        "preview": _preview(form, row),
        "history": history.select_related("user").defer("log")[:_HISTORY],
        "within": "schedules",
    }


def _grid(on: set[int]) -> list[tuple[str, list[Cell]]]:
    return [
        (
            name,
            [
                Cell(
                    day_number * 24 + hour,
                    f"{name}, {hour} to {hour + 1} h",
                    day_number * 24 + hour in on,
                )
                for hour in range(24)
            ],
        )
        for day_number, name in enumerate(week.DAYS)
    ]


@require_POST
@groups(*ACCESS)
def preview(request: HttpRequest) -> HttpResponse:
    """Return in words what the form as it stands would do."""
    number = request.POST.get("row", "")
    row = None
    if number.isdecimal() and len(number) < 12:
        row = Schedule.objects.filter(pk=int(number)).first()
    row = row or Schedule(hours=[])
    form = ScheduleForm(row, request.POST)
    return render(request, "web/schedule_preview.html", {"preview": _preview(form, row)})


def _preview(form: ScheduleForm, row: Schedule) -> list[str]:
    """Return when the next run is, and for which days; [] while the form cannot be used."""
    plan = schedules_due.plan_of(row)
    if form.is_bound:
        form.is_valid()
        given = form.cleaned_data
        if any(name not in given for name in ("every_min", "overlap_h", "first_days", "hours")):
            return []
        plan = plan._replace(
            hours=form.flags(),
            every_min=given["every_min"],
            overlap_h=given["overlap_h"],
            first_days=given["first_days"],
            enabled=given["enabled"],
        )
    words = [f"Runs {week.in_words(plan.hours)}.", _next_in_words(plan)]
    zone = schedules_due.site_zone()
    at = next_run(plan, timezone.now(), zone)
    if at is not None:
        asked = dates(plan, at, zone)
        words.append(
            f"It then asks for studies from {weekday(asked.first)} to {weekday(asked.last)}."
        )
    return words


def _next_in_words(plan: Plan) -> str:
    """Return "The next run is on Thu 26 Nov 2026 at 19:00 (in 3 hours)."."""
    if not plan.enabled:
        return "It is switched off."
    return f"The next run is {found}." if (found := _next(plan)) else f"It never runs: {_NO_HOUR}."


def _next(plan: Plan) -> str:
    """Return "now", or "on Thu 26 Nov 2026 at 19:00 (in 3 hours)"; "" if it never runs."""
    now, zone = timezone.now(), schedules_due.site_zone()
    at = next_run(plan, now, zone)
    if at is None:
        return ""
    if decide(plan, now, zone).is_due:
        return "now"
    local = at.astimezone(zone)
    when = "today" if local.date() == now.astimezone(zone).date() else f"on {weekday(local.date())}"
    return f"{when} at {minute(local)} ({ago(at, now)})"


@require_POST
@groups(*ACCESS)
@transaction.atomic
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Switch a schedule on or off, run it now, or delete it."""
    row = get_object_or_404(Schedule.objects.select_related("node", "store"), pk=number)
    what = request.POST.get("do", "")
    if what == "run":
        return _run(request, row)
    if what == "delete":
        row.delete()
        note(request, "delete schedule", name=row.name)
        messages.success(request, f"{row.name} is deleted. Its queries stay in the summary.")
    elif what in ("on", "off"):
        row.enabled = what == "on"
        row.save(update_fields=["enabled"])
        note(request, "change schedule", name=row.name, switched=what)
        messages.success(request, f"{row.name} is switched {what}.")
    return redirect("schedules")


def _run(request: HttpRequest, row: Schedule) -> HttpResponse:
    try:
        started = schedules_due.run_now(row)
    except KermaError as error:
        messages.error(request, str(error))
        return redirect("schedules")
    if started is None:
        messages.warning(request, f"The previous run of {row.name} is still under way.")
        return redirect("schedules")
    note(request, "run schedule", name=row.name, query=started.pk)
    return redirect("query-page", started.pk)


@require_safe
@groups(*ACCESS)
def sure(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether a schedule shall be deleted."""
    row = get_object_or_404(Schedule, pk=number)
    count = Query.objects.filter(schedule=row).count()
    context = {"row": row, "queries": count, "within": "schedules"}
    return render(request, "web/schedule_sure.html", context)
