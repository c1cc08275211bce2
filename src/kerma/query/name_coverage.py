"""How many studies and acquisitions have a standard name, which texts have none, what would fit."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Model, Q, QuerySet
from rapidfuzz import fuzz, process

from kerma.store.models import CtEvent, ProjectionEvent, StandardName, StandardNameRule, Study
from kerma.store.names import ACQUISITION_FIELD

_SIMILAR = 78
"""From this score of `fuzz.token_set_ratio` (0 to 100) on, a name is suggested."""


class Coverage(NamedTuple):
    """What is named of a modality at a level."""

    cases: int
    named: int

    @property
    def unnamed(self) -> int:
        """Return how many have no name."""
        return self.cases - self.named

    @property
    def share(self) -> float:
        """Return the share that is named, 0 to 1."""
        return self.named / self.cases if self.cases else 0.0


class Unnamed(NamedTuple):
    """A text that leads to no name."""

    text: str
    cases: int
    suggestion: str
    """The standard name that is most similar, "" if none is."""


def coverage(modality: str, level: str) -> Coverage:
    """Return how many studies (or events with a protocol) there are, and how many are named."""
    found = _cases(modality, level).aggregate(
        cases=Count("pk"), named=Count("pk", filter=~Q(standard_name=""))
    )
    return Coverage(found["cases"], found["named"])


def by_name(modality: str, level: str) -> dict[str, int]:
    """Return how many studies or events have each standard name."""
    counted = _cases(modality, level).exclude(standard_name="").order_by()
    return dict(counted.values_list("standard_name").annotate(cases=Count("pk")))


def unnamed(modality: str, level: str, field: str, limit: int = 200) -> list[Unnamed]:
    """Return the commonest texts of a field among what has no name, with what would fit."""
    cases = _cases(modality, level).filter(standard_name="").exclude(**{field: ""}).order_by()
    counted = cases.values_list(field).annotate(cases=Count("pk")).order_by("-cases", field)
    suggest = Suggestions(modality, level)
    return [Unnamed(text, count, suggest.of(text)) for text, count in counted[:limit]]


def texts(modality: str, field: str) -> list[str]:
    """Return the distinct texts of a field that are stored for a modality."""
    level = StandardName.Level.ACQUISITION if field == ACQUISITION_FIELD else "study"
    cases = _cases(modality, level).exclude(**{field: ""}).order_by()
    return list(cases.values_list(field, flat=True).distinct())


def _cases(modality: str, level: str) -> "QuerySet[Model]":
    if level == StandardName.Level.STUDY:
        return Study.objects.filter(modality=modality)
    if modality == "CT":
        return CtEvent.objects.exclude(acquisition_protocol="")
    found = ProjectionEvent.objects.filter(modality=modality)
    return found.exclude(acquisition_protocol="")


class Suggestions:
    """Which standard name a text resembles: the names themselves, and the texts they have."""

    def __init__(self, modality: str, level: str) -> None:
        names = StandardName.objects.filter(modality=modality, level=level)
        own = list(names.values_list("name", "name"))
        exact = StandardNameRule.objects.filter(
            standard_name__in=names, kind=StandardNameRule.Kind.EXACT
        )
        pairs = own + list(exact.values_list("pattern", "standard_name__name"))
        self._names = [name for _, name in pairs]
        self._texts = [folded(text) for text, _ in pairs]

    def of(self, text: str) -> str:
        """Return the most similar name, "" if none is similar enough."""
        place = most_similar(text, self._texts, folded_already=True)
        return "" if place is None else self._names[place]


def most_similar(text: str, others: Iterable[str], *, folded_already: bool = False) -> int | None:
    """Return the place of the most similar of other texts, None if none is similar enough."""
    choices = list(others) if folded_already else [folded(other) for other in others]
    wanted = folded(text)
    if not wanted:
        return None
    found = process.extractOne(wanted, choices, scorer=_likeness, score_cutoff=_SIMILAR)
    return None if found is None else int(found[2])


def _likeness(one: Any, other: Any, /, *, score_cutoff: float | None = None) -> float:
    """Return how alike two texts are, 0 to 100: the words they share, and how much is left over.

    `token_set_ratio` alone calls any text that holds all words of another the same; the plain
    ratio of sorted words draws "abdomen" and "abdomen pelvis" apart.
    """
    score = 0.5 * fuzz.token_set_ratio(one, other) + 0.5 * fuzz.token_sort_ratio(one, other)
    return score if score >= (score_cutoff or 0.0) else 0.0


_SAME = {
    "abdo": "abdomen", "abd": "abdomen", "thorax": "chest", "brain": "head", "skull": "head",
    "cranium": "head", "c-spine": "cervical spine", "cspine": "cervical spine",
    "l-spine": "lumbar spine", "lspine": "lumbar spine", "t-spine": "thoracic spine",
    "kub": "kidneys ureters bladder", "ctpa": "pulmonary angiography",
    "angiogram": "angiography", "angio": "angiography", "lat": "lateral", "paed": "paediatric",
    "paeds": "paediatric", "cap": "chest abdomen pelvis", "nap": "neck abdomen pelvis",
    "abdpelvis": "abdomen pelvis", "sinus": "sinuses", "hrct": "chest high resolution",
}  # fmt: skip
"""Words that are held to be the same when texts are compared; only suggestions rest on them."""

_NOISE = frozenset({"ct", "xr", "dx", "cr", "rf", "nm", "pet", "mg", "the", "of", "and", "with",
                    "routine", "protocol", "exam", "examination"})  # fmt: skip


def folded(text: str) -> str:
    """Return a text as it is compared for likeness: usual words, no punctuation, no modality."""
    raw = "".join(c if c.isalnum() or c == "-" else " " for c in text.casefold()).split()
    words = [_SAME.get(word, word).replace("-", " ") for word in raw]
    return " ".join(word for part in words for word in part.split() if word not in _NOISE)
