"""Alerts: the list, several handled at once, and one with its history."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.alerts import handle, listing
from kerma.alerts.handle import Refused, Step
from kerma.alerts.listing import Asked
from kerma.query.columns import HEADINGS
from kerma.store import audit
from kerma.store.alert_reasons import reasons
from kerma.store.models import Alert, AlertRule, Study, System
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import actor
from kerma.web.alert_words import shown, words
from kerma.web.formats import plural
from kerma.web.forms import PageForm
from kerma.web.tables import Head

_ON_A_PAGE = 50
_MOST_AT_ONCE = 1000

_HEADS = (
    ("Alert", "rule", "", ""),
    ("Study", "study", "", ""),
    ("System", "system", "", ""),
    ("Value", "", "level below", "num"),
    ("Of level", "share", "", "num"),
    ("State", "state", "", ""),
    ("Assigned to", "", "", "p3"),
    ("Raised", "raised", "", "num"),
)
"""Heading, order, unit and classes."""


class StepForm(PageForm):
    """What is to be done with an alert, or with several."""

    state = forms.ChoiceField(
        required=False, label="State", choices=[("", "As it is"), *Alert.State.choices]
    )
    reason = forms.ChoiceField(required=False, label="Reason")
    assignee = forms.ChoiceField(required=False, label="Assigned to")
    comment = forms.CharField(
        required=False,
        label="Comment",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="No names of patients: everybody who sees studies reads it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", "As it is"), *reasons().items()]  # type: ignore[attr-defined]
        people = [(str(user.pk), user.username) for user in people_of_alerts()]
        nobody = (listing.NOBODY, "Nobody")
        self.fields["assignee"].choices = [("", "As it is"), nobody, *people]  # type: ignore[attr-defined]

    def step(self) -> Step:
        """Return what was chosen."""
        given = self.cleaned_data
        who = given["assignee"]
        return Step(
            given["state"] or None,
            given["reason"] or None,
            User.objects.get(pk=who) if who.isdecimal() else None,
            who == listing.NOBODY,
            given["comment"].strip(),
        )


def people_of_alerts() -> "QuerySet[User]":
    """Return the users who may see alerts."""
    found = User.objects.filter(is_active=True, groups__name__in=BROWSE)
    return found.distinct().order_by("username")


@require_safe
@groups(*BROWSE)
def alerts(request: HttpRequest) -> HttpResponse:
    """List the alerts that meet a filter."""
    wanted = listing.asked(request.GET.dict())
    found = listing.found(wanted, actor(request).pk or 0)
    page = Paginator(found, _ON_A_PAGE).get_page(request.GET.get("page"))
    given = _given(wanted)
    context = {
        "asked": wanted,
        "given": urlencode(given),
        "is_filtered": bool({name for name in given if name != "order"}),
        "page": page,
        "lines": [(alert, words(alert)) for alert in page.object_list],
        "heads": _heads(wanted),
        "states": [(listing.OPEN, "Open"), *Alert.State.choices, ("all", "Any state")],
        "modalities": HEADINGS.items(),
        "rules": AlertRule.objects.order_by("name").values_list("pk", "name"),
        "systems": _systems(),
        "people": people_of_alerts(),
        "form": StepForm(),
        "here_with": request.get_full_path(),
        "any_alerts": bool(page.object_list) or Alert.objects.exists(),
        "any_rules": AlertRule.objects.filter(is_active=True).exists(),
    }
    return render(request, "web/alerts.html", context)


def _given(wanted: Asked) -> dict[str, str]:
    """Return what differs from the plain list, for its address."""
    usual = Asked()._asdict()
    return {name: text for name, text in wanted._asdict().items() if text != usual[name]}


def _systems() -> "QuerySet[Any, Any]":
    with_alerts = Alert.objects.order_by().values("study__system").distinct()
    found = System.objects.filter(pk__in=with_alerts).order_by("display_name")
    return found.values_list("pk", "display_name")


def _heads(wanted: Asked) -> list[Head]:
    return [_head(*one, wanted) for one in _HEADS]


def _head(heading: str, order: str, unit: str, css: str, wanted: Asked) -> Head:
    if not order:
        return Head(heading, unit, css)
    downwards = f"-{order}"
    first = order if order in {"rule", "system", "state"} else downwards
    then = downwards if first == order else order
    chosen = then if wanted.order == first else first
    given = _given(wanted._replace(order=chosen))
    sorting = ""
    if wanted.order.removeprefix("-") == order:
        sorting = "descending" if wanted.order == downwards else "ascending"
    address = f"{reverse('alerts')}?{urlencode(given)}" if given else reverse("alerts")
    return Head(heading, unit, css, address, sorting)


@require_POST
@groups(*BROWSE)
def several(request: HttpRequest) -> HttpResponse:
    """Take a step with the alerts chosen."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = reverse("alerts")
    numbers = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    form = StepForm(request.POST)
    if not numbers:
        messages.warning(request, "Choose one or more alerts first.")
    elif not form.is_valid():
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
    else:
        _take(request, numbers[:_MOST_AT_ONCE], form.step())
    return redirect(back)


def _take(request: HttpRequest, numbers: list[int], step: Step) -> bool:
    """Take a step and say what came of it; return whether it could be taken."""
    try:
        changed = handle.handle(numbers, step, actor(request))
    except Refused as error:
        messages.error(request, str(error))
        return False
    if changed:
        messages.success(request, f"{plural(changed, 'alert')} changed.")
    else:
        messages.warning(request, "Nothing was to be changed.")
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*BROWSE)
def alert(request: HttpRequest, number: int) -> HttpResponse:
    """Show an alert with its history, and take a step with it."""
    every = Alert.objects.select_related("rule", "assignee", "study__system")
    found = get_object_or_404(every, pk=number)
    form = StepForm(_posted(request))
    if form.is_valid() and _take(request, [found.pk], form.step()):
        return redirect("alert", number)
    audit.write_once(actor(request), "see alert", alert=found.pk, study=found.study_id)
    context = {
        "alert": found,
        "words": words(found),
        "form": form,
        "reason": reasons().get(found.reason_code, found.reason_code),
        "steps": found.steps.select_related("user").order_by("-made_at", "-pk"),
        "summed": _summed(found),
        "next_states": _NEXT[Alert.State(found.state)],
        "configures": may(request.user, "admin"),
    }
    return render(request, "web/alert.html", context)


def _posted(request: HttpRequest) -> dict[str, str] | None:
    """Return what the form says; a button for the next state goes before its list."""
    if request.method != "POST":
        return None
    given = request.POST.dict()
    return given | {"state": given["next_state"]} if given.get("next_state") else given


_State = Alert.State
_NEXT: dict[str, tuple[tuple[str, str], ...]] = {
    _State.NEW: ((_State.SEEN, "Mark as seen"), (_State.CLOSED, "Close the alert")),
    _State.SEEN: ((_State.CLOSED, "Close the alert"),),
    _State.JUSTIFIED: ((_State.CLOSED, "Close the alert"),),
    _State.FOLLOWED_UP: ((_State.CLOSED, "Close the alert"),),
    _State.CLOSED: ((_State.SEEN, "Open again"),),
}
"""State -> the steps that need nothing but a click."""


def _summed(found: Alert) -> list[tuple[Study, str]]:
    """Return the studies of a sum with their values, latest first."""
    numbers = found.details.get("studies", [])
    rows = Study.objects.filter(pk__in=numbers).select_related("system").order_by("-date_time")
    modality, name = found.study.modality, found.quantity
    return [(row, shown(modality, name, getattr(row, name, None))) for row in rows]
