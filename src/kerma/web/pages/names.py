"""Standard names of one modality and level: what there is, how much they cover, what has none."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from kerma.errors import KermaError
from kerma.query import name_coverage
from kerma.query.columns import HEADINGS
from kerma.store import name_book
from kerma.store.models import StandardName, StandardNameRule
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.formats import plural

FIELD_WORDS = dict(StandardNameRule.Field.choices)


class Chosen(NamedTuple):
    """Which names a page is about."""

    modality: str
    level: str
    field: str
    """Where texts without a name are looked for."""

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return f"{reverse('names')}?{urlencode(self._asdict())}"

    @property
    def what(self) -> str:
        """Return what has these names, one of them."""
        return "study" if self.level == StandardName.Level.STUDY else "acquisition"


class Line(NamedTuple):
    """One name as the list shows it."""

    name: StandardName
    texts: list[str]
    more: int
    cases: int


_SHOWN_TEXTS = 4


def chosen(request: HttpRequest) -> Chosen:
    """Return what the address or form asks for; what is not known becomes the first there is."""
    asked = request.POST if request.method == "POST" else request.GET
    modality = asked.get("modality", "")
    modality = modality if modality in HEADINGS else "CT"
    levels = name_book.levels_of(modality)
    level = asked.get("level", "")
    level = level if level in levels else levels[0]
    fields = name_book.FIELDS_OF[level]
    field = asked.get("field", "")
    return Chosen(modality, level, field if field in fields else fields[0])


@require_safe
@groups("admin")
def names(request: HttpRequest) -> HttpResponse:
    """List the names, how much they cover, and the commonest texts without one."""
    asked = chosen(request)
    lines = _lines(asked)
    context: dict[str, Any] = {
        "asked": asked,
        "modalities": [
            (words, asked._replace(modality=name).address, name == asked.modality)
            for name, words in HEADINGS.items()
        ],
        "levels": [
            (StandardName.Level(level).label, asked._replace(level=level, field="").address,
             level == asked.level)
            for level in name_book.levels_of(asked.modality)
        ],
        "fields": [
            (FIELD_WORDS[field], asked._replace(field=field).address, field == asked.field)
            for field in name_book.FIELDS_OF[asked.level]
        ],
        "field_words": FIELD_WORDS[asked.field],
        "coverage": name_coverage.coverage(asked.modality, asked.level),
        "lines": lines,
        "unnamed": name_coverage.unnamed(asked.modality, asked.level, asked.field),
        "known": [line.name.name for line in lines],
    }  # fmt: skip
    return render(request, "web/names.html", context)


def _lines(asked: Chosen) -> list[Line]:
    counted = name_coverage.by_name(asked.modality, asked.level)
    found = StandardName.objects.filter(modality=asked.modality, level=asked.level)
    lines = []
    for one in found.prefetch_related("rules"):
        rules = sorted(one.rules.all(), key=lambda rule: (rule.precedence, rule.pattern))
        texts = [rule_words(rule) for rule in rules]
        lines.append(
            Line(one, texts[:_SHOWN_TEXTS], max(len(texts) - _SHOWN_TEXTS, 0),
                 counted.get(one.name, 0))
        )  # fmt: skip
    return sorted(lines, key=lambda line: line.name.name.casefold())


def rule_words(rule: StandardNameRule) -> str:
    """Return the text of a rule; a pattern stands between slashes."""
    return f"/{rule.pattern}/" if rule.kind == StandardNameRule.Kind.REGEX else rule.pattern


@require_POST
@groups("admin")
def add(request: HttpRequest) -> HttpResponse:
    """Make a name, and go to its page."""
    asked = chosen(request)
    try:
        made = name_book.name(asked.modality, asked.level, request.POST.get("name", ""))
    except KermaError as error:
        messages.error(request, str(error))
        return redirect(asked.address)
    note(request, "add standard name", modality=asked.modality, level=asked.level, name=made.name)
    return redirect("name", made.pk)


@require_POST
@groups("admin")
def assign(request: HttpRequest) -> HttpResponse:
    """Let the texts chosen lead to one name, or each to the name suggested for it."""
    asked = chosen(request)
    texts = [text for text in request.POST.getlist("chosen") if text.strip()]
    if not texts:
        messages.warning(request, "Choose one or more texts first.")
        return redirect(asked.address)
    try:
        pairs = _pairs(request, asked, texts)
        count = _assign(request, asked, pairs)
    except KermaError as error:
        messages.error(request, str(error))
        return redirect(asked.address)
    messages.success(
        request,
        f"{plural(count, 'text')} named. What is stored already follows in the background.",
    )
    return redirect(asked.address)


def _pairs(request: HttpRequest, asked: Chosen, texts: list[str]) -> dict[str, list[str]]:
    """Return name -> texts."""
    if request.POST.get("do") != "suggested":
        return {request.POST.get("name", ""): texts}
    suggest = name_coverage.Suggestions(asked.modality, asked.level)
    pairs: dict[str, list[str]] = {}
    for text in texts:
        if name := suggest.of(text):
            pairs.setdefault(name, []).append(text)
    if not pairs:
        raise name_book.NameRefused(
            "None of the texts chosen has a suggestion. Type the name they shall have."
        )
    return pairs


@transaction.atomic
def _assign(request: HttpRequest, asked: Chosen, pairs: dict[str, list[str]]) -> int:
    count = 0
    for name, texts in pairs.items():
        owner = name_book.name(asked.modality, asked.level, name)
        count += name_book.assign(owner, asked.field, texts, actor(request))
    return count


@require_POST
@groups("admin")
def apply(request: HttpRequest) -> HttpResponse:
    """Give stored studies the names of today once more."""
    name_book.touch(actor(request))
    messages.success(request, "Stored studies are given their names in the background.")
    return redirect(chosen(request).address)
