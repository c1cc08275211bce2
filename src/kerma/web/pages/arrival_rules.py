"""What is done with some objects before they are read: ignored, kept for physics, collected."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kerma.store import arrival_lists, options
from kerma.store.arrival_rules import Met, compiled, met_by_latest
from kerma.store.models import ArrivalRule
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import plural, whole
from kerma.web.forms import PageForm

Kind, Attribute = ArrivalRule.Kind, ArrivalRule.Attribute

_LONGEST = 200
_LONGEST_LISTS = 200_000
_IGNORE = (
    (Attribute.MANUFACTURER, "Ignored manufacturers"),
    (Attribute.MODEL, "Ignored model names"),
    (Attribute.STATION, "Ignored station names"),
    (Attribute.SOFTWARE, "Ignored software versions"),
    (Attribute.SERIAL, "Ignored serial numbers"),
)
_CANNOT_TELL = frozenset((Attribute.PATIENT,))
"""What the log of arrivals does not hold."""


class RuleForm(PageForm):
    """A new rule of one list."""

    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    attribute = forms.ChoiceField(choices=Attribute.choices, widget=forms.HiddenInput)
    pattern = forms.CharField(label="Pattern", max_length=_LONGEST)
    model = forms.CharField(label="Model name", max_length=_LONGEST, required=False)

    def clean(self) -> dict[str, object]:
        """Refuse rules of no list, and those that would meet everything."""
        given = super().clean() or {}
        kind, attribute = given.get("kind"), given.get("attribute")
        if (kind, attribute) not in _LISTS:
            raise forms.ValidationError("There is no such list.")
        texts = {"pattern": given.get("pattern", "")}
        if attribute == Attribute.SCANNER:
            texts["model"] = given.get("model", "")
        else:
            given["model"] = ""
        for name, text in texts.items():
            if name not in self.errors and not text.strip("*? "):
                self.add_error(name, "Write some characters; this would meet every object.")
        return given


_LISTS = frozenset(
    {(Kind.IGNORE, attribute) for attribute, _ in _IGNORE}
    | {(Kind.PHYSICS, Attribute.PATIENT), (Kind.COLLECT, Attribute.SCANNER)}
)


class SwitchForm(PageForm):
    """The switches, and how long things wait."""

    switches = True
    units = {"collect_minutes": "minutes", "arrival_log_days": "days"}

    physics_keep = forms.BooleanField(
        required=False,
        label="Keep physics studies",
        help_text="Objects whose patient’s name or ID meets a pattern go to the physics folder, "
        "one zip file for each study.",
    )
    physics_import = forms.BooleanField(
        required=False,
        label="Import their dose as well",
        help_text="Off, nothing of a physics study is among the studies of patients.",
    )
    collect_keep = forms.BooleanField(
        required=False,
        label="Collect the studies of scanners without reports",
        help_text="Dose screens, and an image of each series, are kept together until the study is "
        "complete, and read then. Dose reports are imported at once, whichever scanner wrote them.",
    )
    estimate_ct_from_images = forms.BooleanField(
        required=False,
        label="Estimate doses from CT images",
        help_text="Of studies without report, dose screen or values by hand, where the images give "
        "CTDIvol: DLP is CTDIvol times the length of the reconstructed range. Such studies are "
        "marked as estimated. Only headers are read.",
    )
    collect_minutes = forms.IntegerField(
        label="Complete after",
        min_value=1,
        max_value=24 * 60,
        help_text="Without another object, a physics or collected study counts as complete then.",
    )
    arrival_log_days = forms.IntegerField(
        label="Days to keep the log of arrivals",
        min_value=1,
        max_value=3660,
        help_text="Older rows are removed by the command kerma tidy.",
    )


class ListsForm(PageForm):
    """The text of an older system's lists."""

    text = forms.CharField(
        label="Text of the Lua script or of docker-compose.yml",
        max_length=_LONGEST_LISTS,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="As a whole, or only the lists. What is already here stays as it is.",
    )


class Line(NamedTuple):
    """One rule as it is shown."""

    rule: ArrivalRule
    met: str
    """How many of the latest arrivals meet it."""


class Part(NamedTuple):
    """One list of rules."""

    name: str
    heading: str
    lines: list[Line]
    form: RuleForm
    would_meet: str
    """What a rule that is only tried would meet."""


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules; take a new one, or try it on the latest arrivals."""
    form = RuleForm(request.POST) if request.method == "POST" else None
    would_meet = ""
    if form is not None and form.is_valid():
        named = {name: form.cleaned_data[name] for name in form.fields}
        if request.POST.get("do") != "try":
            _add(request, named)
            return redirect("arrival-rules")
        would_meet = _sentence(ArrivalRule(**named))
    known = list(ArrivalRule.objects.order_by("pattern", "model", "pk"))
    met = met_by_latest([compiled(rule) for rule in known])
    lines = [_line(rule, number, met) for rule, number in zip(known, met.counts, strict=True)]
    context = {
        "ignore": [
            _part(Kind.IGNORE, attribute, heading, lines, form, would_meet)
            for attribute, heading in _IGNORE
        ],
        "physics": _part(
            Kind.PHYSICS, Attribute.PATIENT, "Physics studies", lines, form, would_meet
        ),
        "collect": _part(
            Kind.COLLECT, Attribute.SCANNER, "Scanners without reports", lines, form, would_meet
        ),
        "suggested": _suggested(known),
        "of": met.of,
        "switches": SwitchForm(initial=_chosen()),
    }
    return render(request, "web/arrival_rules.html", context)


@require_POST
@groups("admin")
@transaction.atomic
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a rule."""
    rule = get_object_or_404(ArrivalRule, pk=number)
    rule.delete()
    note(request, "delete arrival rule", **_said(rule))
    messages.success(request, "The rule is deleted.")
    return redirect("arrival-rules")


@require_POST
@groups("admin")
def switches(request: HttpRequest) -> HttpResponse:
    """Keep the switches."""
    form = SwitchForm(request.POST, initial=_chosen())
    if not form.is_valid():
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(map(str, errors))}")
        return redirect("arrival-rules")
    with transaction.atomic():
        for name, old, new in form.changes():
            options.put(name, new)
            note(request, "change setting", setting=str(form.fields[name].label), old=old, new=new)
    messages.success(request, "Saved. It applies to what arrives from now on.")
    return redirect("arrival-rules")


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def lists(request: HttpRequest) -> HttpResponse:
    """Take over the lists of an older system: read them, show them, add them."""
    form = ListsForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_valid():
        found = arrival_lists.read(form.cleaned_data["text"])
        if found == ([], {}):
            form.add_error("text", "None of the lists is in this text. It should hold lines such "
                           "as manufacturers_to_ignore = {'…'}.")  # fmt: skip
            found = None
        elif request.POST.get("do") == "add":
            with transaction.atomic():
                made = arrival_lists.add(found)
                note(request, "import arrival rules", rules=made, **found.switches)
            messages.success(request, f"{plural(made, 'rule')} added.")
            return redirect("arrival-rules")
    shown = [(_said(rule), rule.get_kind_display()) for rule in found.rules] if found else []
    labels = SwitchForm.base_fields
    set_to = [(labels[n].label, v) for n, v in found.switches.items()] if found else []
    context = {
        "form": form,
        "found": found,
        "shown": shown,
        "set_to": set_to,
        "within": "arrival-rules",
    }
    return render(request, "web/arrival_lists.html", context)


def _add(request: HttpRequest, named: dict[str, Any]) -> None:
    with transaction.atomic():
        rule, made = ArrivalRule.objects.get_or_create(**named)
        if made:
            note(request, "add arrival rule", **_said(rule))
    messages.success(request, "The rule is added." if made else "This rule was there already.")


def _said(rule: ArrivalRule) -> dict[str, str]:
    return {
        "kind": rule.kind,
        "attribute": str(Attribute(rule.attribute).label),
        "pattern": " ".join(filter(None, (rule.pattern, rule.model))),
    }


def _line(rule: ArrivalRule, number: int, met: Met) -> Line:
    if rule.attribute in _CANNOT_TELL:
        return Line(rule, "")
    return Line(rule, f"met by {whole(number)}" if met.of else "")


def _sentence(rule: ArrivalRule) -> str:
    """Return how many of the latest arrivals a rule would meet."""
    if rule.attribute in _CANNOT_TELL:
        return "The log of arrivals holds no names or IDs, so that nobody can tell beforehand."
    met = met_by_latest([compiled(rule)])
    if not met.of:
        return "Nothing has arrived yet to compare it with."
    return f"It would meet {whole(met.counts[0])} of the last {plural(met.of, 'arrival')}."


def _suggested(known: Sequence[ArrivalRule]) -> list[tuple[str, str]]:
    """Return the known scanners without reports that are not on the list."""
    listed = {
        (rule.pattern.casefold(), rule.model.casefold())
        for rule in known
        if rule.kind == Kind.COLLECT
    }
    return [
        (maker, model)
        for maker, model in arrival_lists.KNOWN_SCANNERS
        if (maker.casefold(), model.casefold()) not in listed
    ]


def _part(
    kind: str,
    attribute: str,
    heading: str,
    lines: Sequence[Line],
    form: RuleForm | None,
    would_meet: str,
) -> Part:
    own = None
    if form is not None and (form.data.get("kind"), form.data.get("attribute")) == (
        kind,
        attribute,
    ):
        own = form
    name = f"{kind}-{attribute}"
    fresh = RuleForm(initial={"kind": kind, "attribute": attribute}, auto_id=f"{name}-%s")
    mine = [line for line in lines if (line.rule.kind, line.rule.attribute) == (kind, attribute)]
    return Part(name, heading, mine, own or fresh, would_meet if own else "")


def _chosen() -> dict[str, object]:
    return {name: options.get(name) for name in SwitchForm.base_fields}
