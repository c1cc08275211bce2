"""One standard name: its codes, and the texts and patterns that lead to it."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kerma.errors import KermaError
from kerma.query import name_coverage
from kerma.query.columns import HEADINGS
from kerma.store import name_book
from kerma.store.models import StandardName, StandardNameRule
from kerma.store.name_patterns import compiled, matches
from kerma.store.names import fold
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.forms import PageForm
from kerma.web.pages.names import FIELD_WORDS, Chosen

_EXAMPLES = 3


class NameForm(PageForm):
    """What a name is called, here and in code lists."""

    name = forms.CharField(label="Name", max_length=name_book.LONGEST_NAME)
    radlex_code = forms.CharField(
        label="RadLex Playbook", max_length=40, required=False,
        help_text="Identifier of the RadLex Playbook, as RPID22. Kerma does not bring the list.",
    )  # fmt: skip
    loinc_code = forms.CharField(label="LOINC", max_length=40, required=False)
    comment = forms.CharField(label="Comment", max_length=500, required=False)


class RuleForm(PageForm):
    """A new rule."""

    field = forms.ChoiceField(label="If the")
    kind = forms.ChoiceField(label="Compare", choices=StandardNameRule.Kind.choices)
    pattern = forms.CharField(label="Text or pattern", max_length=400)
    precedence = forms.IntegerField(
        label="Precedence", initial=100, min_value=-99_999, max_value=99_999
    )

    def __init__(self, *args: Any, level: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = name_book.FIELDS_OF[level]
        self.fields["field"].choices = [(f, FIELD_WORDS[f]) for f in fields]  # type: ignore[attr-defined]


class Line(NamedTuple):
    """A rule, and what it meets of the texts stored."""

    rule: StandardNameRule
    met: int
    examples: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def name(request: HttpRequest, number: int) -> HttpResponse:
    """Show a name, and take another spelling or codes."""
    one = get_object_or_404(StandardName, pk=number)
    initial = {field: getattr(one, field) for field in NameForm.base_fields}
    form = NameForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid() and _keep(request, one, form):
        messages.success(request, "Saved.")
        return redirect("name", number)
    return _page(request, one, form, RuleForm(level=one.level))


def _page(
    request: HttpRequest, one: StandardName, form: NameForm, rule_form: RuleForm
) -> HttpResponse:
    context = {
        "within": "names",
        "one": one,
        "form": form,
        "rule_form": rule_form,
        "lines": _lines(one),
        "heading": HEADINGS[one.modality],
        "back": Chosen(one.modality, one.level, "").address,
        "cases": name_coverage.by_name(one.modality, one.level).get(one.name, 0),
        "what": "study" if one.level == StandardName.Level.STUDY else "acquisition",
    }
    return render(request, "web/name.html", context)


def _keep(request: HttpRequest, one: StandardName, form: NameForm) -> bool:
    changed = {field: new for field, _, new in form.changes()}
    if not changed:
        return True
    old = one.name
    for field, new in changed.items():
        setattr(one, field, " ".join(new.split()) if field == "name" else new)
    try:
        with transaction.atomic():
            one.save(update_fields=list(changed))
            note(request, "change standard name", modality=one.modality, level=one.level,
                 old=old, new=one.name)  # fmt: skip
            if one.name != old:
                name_book.touch(actor(request))
    except IntegrityError:
        form.add_error("name", "There is another standard name of this text. Use that one.")
        return False
    return True


def _lines(one: StandardName) -> list[Line]:
    texts = {
        field: name_coverage.texts(one.modality, field) for field in name_book.FIELDS_OF[one.level]
    }
    rules = one.rules.order_by("precedence", "kind", "field", "pattern")
    return [_line(rule, texts[rule.field]) for rule in rules]


def _line(rule: StandardNameRule, texts: list[str]) -> Line:
    if rule.kind == StandardNameRule.Kind.REGEX:
        pattern = compiled(rule.pattern)
        met = [text for text in texts if matches(pattern, " ".join(text.split()))]
    else:
        wanted = fold(rule.pattern)
        met = [text for text in texts if fold(text) == wanted]
    return Line(rule, len(met), sorted(met, key=str.casefold)[:_EXAMPLES])


@require_POST
@groups("admin")
def add_rule(request: HttpRequest, number: int) -> HttpResponse:
    """Let a further text or pattern lead to the name."""
    one = get_object_or_404(StandardName, pk=number)
    form = RuleForm(request.POST, level=one.level)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                name_book.add_rule(
                    one, given["field"], given["pattern"], given["kind"], given["precedence"]
                )
                said = {key: given[key] for key in ("field", "kind", "pattern")}
                note(request, "add rule of standard name", name=one.name, **said)
                name_book.touch(actor(request))
            return redirect("name", number)
        except KermaError as error:
            form.add_error("pattern", str(error))
    initial = {field: getattr(one, field) for field in NameForm.base_fields}
    return _page(request, one, NameForm(initial=initial), form)


@require_POST
@groups("admin")
@transaction.atomic
def delete_rule(request: HttpRequest, number: int, rule: int) -> HttpResponse:
    """Take a rule away."""
    found = get_object_or_404(StandardNameRule, pk=rule, standard_name=number)
    note(request, "delete rule of standard name", modality=found.standard_name.modality,
         name=found.standard_name.name, field=found.field, pattern=found.pattern)  # fmt: skip
    found.delete()
    name_book.touch(actor(request))
    return redirect("name", number)


@require_POST
@groups("admin")
@transaction.atomic
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Delete a name with its rules, links and levels."""
    one = get_object_or_404(StandardName, pk=number)
    back = Chosen(one.modality, one.level, "").address
    note(request, "delete standard name", modality=one.modality, level=one.level, name=one.name)
    messages.success(request, f"The standard name {one.name} is deleted.")
    one.delete()
    name_book.touch(actor(request))
    return redirect(back)
