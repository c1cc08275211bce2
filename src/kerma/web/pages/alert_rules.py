"""The rules of alerts: listed, added, tried on the last year's studies, changed, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.alerts import anew, settings
from kerma.alerts.activity import presets
from kerma.alerts.base import Field, Kind
from kerma.alerts.preview import Preview, preview
from kerma.alerts.settings import SettingsError, kind_of
from kerma.query.columns import HEADINGS
from kerma.store.alert_reasons import reasons
from kerma.store.models import Alert, AlertRule, Study
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm
from kerma.web.pages.alert_choices import PeriodForm, ReasonsForm
from kerma.web.work import hand_over


class RuleForm(PageForm):
    """Name and settings of a rule of one kind."""

    switches = True

    name = forms.CharField(
        label="Name", max_length=200, help_text="As lists, e-mails and other programs show it."
    )
    is_active = forms.BooleanField(required=False, initial=True, label="In use")
    sends_mail = forms.BooleanField(
        required=False,
        initial=True,
        label="Tell recipients",
        help_text="By e-mail and webhooks, as chosen on the page of recipients.",
    )

    def __init__(self, kind: Kind, modality: str, rule: AlertRule, *args: Any, **others: Any):
        self.kind, self.modality, self.rule = kind, modality, rule
        self.units = {field.name: field.unit for field in kind.fields if field.unit}
        super().__init__(*args, **others)
        for field in kind.fields:
            self.fields[field.name] = _form_field(field, modality)
            if field.unit:
                self.fields[field.name].widget.attrs["data-unit"] = field.unit
        self.order_fields(["name", *(field.name for field in kind.fields)])

    def clean_name(self) -> str:
        """Return the name, which must be free."""
        name: str = self.cleaned_data["name"].strip()
        if AlertRule.objects.filter(name=name).exclude(pk=self.rule.pk).exists():
            raise forms.ValidationError("Another rule has this name; give this one its own.")
        return name

    def clean(self) -> dict[str, Any]:
        """Read the settings as the kind of rule wants them."""
        given = super().clean() or {}
        typed = {f.name: str(self.data.get(f.name, "")) for f in self.kind.fields}
        try:
            given["settings"] = settings.read(self.kind, self.modality, typed)
        except SettingsError as error:
            for name, sentence in error.faults.items():
                self.add_error(name, sentence)
        return given


def _form_field(field: Field, modality: str) -> forms.Field:
    """Return how a setting is shown; what it may be is for the kind of rule to say."""
    if field.kind == "quantity":
        known = settings.choosable(field, modality)
        choices = [(n, f"{q.heading} ({q.unit})" if q.unit else q.heading)
                   for n, q in known.items()]  # fmt: skip
        widget: forms.Widget = forms.Select(choices=choices)
    elif field.kind == "choice":
        widget = forms.Select(choices=field.choices)
    elif field.kind == "text":
        widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off"})
    else:
        mode = "numeric" if field.kind == "whole" else "decimal"
        widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
    widget.attrs["class"] = "input"
    return forms.CharField(
        required=False, label=field.label, help_text=field.help, widget=widget, max_length=1000
    )


@require_safe
@groups("admin")
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules by modality."""
    open_ones = ~Q(alerts__state=Alert.State.CLOSED)
    found = AlertRule.objects.annotate(
        total=Count("alerts"), still_open=Count("alerts", filter=open_ones & Q(alerts__gt=0))
    )
    lines = [
        (rule, kind_of(rule.kind), kind_of(rule.kind).words(rule.modality, rule.settings))
        for rule in found.order_by("pk")
    ]
    parts = [
        (heading, [line for line in lines if line[0].modality == modality])
        for modality, heading in HEADINGS.items()
    ]
    context = {
        "parts": [part for part in parts if part[1]],
        "kinds": settings.all_kinds(),
        "modalities": HEADINGS.items(),
        "outdated": list(anew.outdated()),
        "sums_outdated": anew.sums_are_outdated(),
        "period": PeriodForm(initial=PeriodForm.stored()),
        "reasons": ReasonsForm(initial={"reasons": ReasonsForm.typed(reasons())}),
    }
    return render(request, "web/alert_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def add(request: HttpRequest) -> HttpResponse:
    """Add a rule of a kind for a modality: `?kind=absolute&modality=CT`."""
    modality = request.GET.get("modality", "")
    known = {kind.name: kind for kind in settings.all_kinds()}
    kind = known.get(request.GET.get("kind", ""))
    if kind is None or modality not in HEADINGS:
        messages.error(request, "Choose a kind of rule and a modality.")
        return redirect("alert-rules")
    if modality not in kind.modalities:
        only = ", ".join(HEADINGS[one] for one in kind.modalities)
        messages.error(request, f"“{kind.label}” is a rule for {only} only.")
        return redirect("alert-rules")
    chosen = presets().get(request.GET.get("preset", ""), {}) if kind.name == "activity" else {}
    name = request.GET.get("preset", "") if chosen else ""
    initial = {"name": name, **settings.defaults(kind), **chosen}
    return _edit(request, AlertRule(kind=kind.name, modality=modality), initial)


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def rule(request: HttpRequest, number: int) -> HttpResponse:
    """Change a rule."""
    found = get_object_or_404(AlertRule, pk=number)
    kind = kind_of(found.kind)
    initial = {
        "name": found.name,
        "is_active": found.is_active,
        "sends_mail": found.sends_mail,
        **settings.typed(kind, found.modality, found.settings),
    }
    return _edit(request, found, initial)


def _edit(request: HttpRequest, found: AlertRule, initial: dict[str, Any]) -> HttpResponse:
    """Show the form of a rule; try it, or keep it."""
    kind = kind_of(found.kind)
    posted = request.POST if request.method == "POST" else None
    form = RuleForm(kind, found.modality, found, posted, initial=initial)
    tried: Preview | None = None
    if form.is_valid():
        if request.POST.get("do") != "try":
            _keep(request, found, form)
            messages.success(request, f"“{found.name}” is kept.")
            return redirect("alert-rules")
        tried = preview(kind, found.modality, form.cleaned_data["settings"])
    context = {
        "rule": found,
        "kind": kind,
        "modality": HEADINGS[found.modality],
        "form": form,
        "tried": tried,
        "tried_on": _latest(tried),
        "presets": list(presets()) if kind.name == "activity" and not found.pk else [],
        "within": "alert-rules",
    }
    return render(request, "web/alert_rule.html", context)


def _latest(tried: Preview | None) -> list[Study]:
    """Return the newest studies that would have alerted."""
    numbers = tried.latest if tried else []
    return list(
        Study.objects.filter(pk__in=numbers).select_related("system").order_by("-date_time")
    )


@transaction.atomic
def _keep(request: HttpRequest, found: AlertRule, form: RuleForm) -> None:
    given = form.cleaned_data
    was = {"settings": found.settings, "in use": found.is_active} if found.pk else {}
    judges_alike = was == {"settings": given["settings"], "in use": given["is_active"]}
    was_done = bool(found.pk) and not anew.outdated().filter(pk=found.pk).exists()
    for name in ("name", "is_active", "sends_mail", "settings"):
        setattr(found, name, given[name])
    found.save()
    if judges_alike and was_done:
        AlertRule.objects.filter(pk=found.pk).update(evaluated_at=timezone.now())
    note(
        request,
        "change alert rule" if was else "add alert rule",
        rule=found.name,
        modality=found.modality,
        settings=found.settings,
        in_use=found.is_active,
        **({"old": was["settings"]} if was else {}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether a rule is to go with its alerts, then delete it."""
    found = get_object_or_404(AlertRule, pk=number)
    count = found.alerts.count()
    if request.method != "POST":
        context = {"rule": found, "alerts": count, "within": "alert-rules"}
        return render(request, "web/alert_rule_sure.html", context)
    with transaction.atomic():
        note(request, "delete alert rule", rule=found.name, alerts=count)
        found.delete()
    messages.success(request, f"“{found.name}” is deleted.")
    return redirect("alert-rules")


@require_POST
@groups("admin")
def recalculate(request: HttpRequest) -> HttpResponse:
    """Add up and judge stored studies anew in the background."""
    text = request.POST.get("days", "365")
    days = int(text) if text.isdecimal() and len(text) < 6 else 365
    sums = bool(request.POST.get("sums")) or anew.sums_are_outdated()
    found = anew.outdated()
    if request.POST.get("all"):
        found = AlertRule.objects.filter(is_active=True).order_by("pk")
    numbers = [rule.pk for rule in found]
    if sums:
        summing = AlertRule.objects.filter(is_active=True, kind="cumulative")
        numbers = sorted({*numbers, *summing.values_list("pk", flat=True)})
    arguments = {"rules": numbers, "days": days, "sums": sums}
    return hand_over(request, "recalculate-alerts", "Judge studies anew", arguments)
