"""An administered activity outside of what was to be given."""

from typing import NamedTuple

from kerma.alerts.activity import Prescribed, is_agent, prescribed, read_points
from kerma.alerts.base import SLACK, Field, Found, Kind, Settings, add
from kerma.alerts.quantities import plain
from kerma.store.models import Study

_NAME = "administered_activity_mbq"


class _Outside(NamedTuple):
    value: float
    level: float
    share: float
    """How far outside of the range, as a share of its nearer end; negative within."""
    meant: Prescribed


def _judge(study: Study, settings: Settings) -> Found | None:
    younger = settings.get("younger_than")
    if younger is not None and (study.age_years is None or study.age_years >= younger):
        return None
    meant = prescribed(settings, study.weight_kg)
    if meant is None:
        return None
    given = [_outside(value, meant, settings) for value in _activities(study, settings)]
    if not given:
        return None
    worst = max(given, key=lambda one: one.share)
    tolerance = plain(settings["tolerance"])
    mass = f" at {plain(study.weight_kg)} kg" if study.weight_kg else ""
    method = (
        f"Prescribed {_range(worst.meant)} MBq{mass}, ± {tolerance} %. Each administration is "
        "compared by itself."
    )
    details = {"method": method, "source": settings.get("source", "")}
    over = worst.share > settings["tolerance"] / 100 + SLACK
    return Found(_NAME, worst.value, worst.level, over, worst.share, details)


def _activities(study: Study, settings: Settings) -> list[float]:
    """Return the activities of the agent and nuclide."""
    rows = study.administrations.exclude(administered_activity_mbq=None).values_list(
        "radiopharmaceutical_agent", "radiopharmaceutical", "radionuclide", _NAME
    )
    return [
        activity
        for agent, text, nuclide, activity in rows
        if is_agent(settings["agent"], f"{agent} {text}") and settings.get("nuclide", "") in nuclide
    ]


def _outside(value: float, meant: Prescribed, settings: Settings) -> _Outside:
    share = settings["tolerance"] / 100
    over, under = value / meant.high - 1, 1 - value / meant.low
    if over >= under:
        return _Outside(value, meant.high * (1 + share), over, meant)
    return _Outside(value, meant.low * (1 - share), under, meant)


def _range(meant: Prescribed) -> str:
    ends = (plain(meant.low), plain(meant.high))
    return "–".join(dict.fromkeys(ends))


def _words(modality: str, settings: Settings) -> str:
    tolerance, form = plain(settings["tolerance"]), settings["form"]
    meant = "the table by mass"
    if form != "by-mass":
        unit = "MBq" if form == "fixed" else "MBq/kg"
        meant = f"{_range(Prescribed(settings['low'], settings['high']))} {unit}"
    return f"Activity of {settings['agent']} outside of {meant}, ± {tolerance} %"


def _check(settings: Settings) -> dict[str, str]:
    if settings["form"] == "by-mass":
        try:
            read_points(settings.get("points", ""))
        except ValueError as error:
            return {"points": str(error)}
        return {}
    if "low" not in settings or "high" not in settings:
        return {"low": "Give the lower and the upper end of the range; they may be the same."}
    if settings["low"] > settings["high"]:
        return {"high": "The upper end cannot be below the lower one."}
    if settings.get("least", 0) > settings.get("most", float("inf")):
        return {"most": "“At most” cannot be below “at least”."}
    return {}


def _number(name: str, label: str, unit: str, help: str = "") -> Field:
    return Field(name, label, "number", help, unit, least=0, most=1e5, required=False)


add(
    Kind(
        "activity",
        "Activity against a prescription",
        60,
        "An administered activity outside of what is prescribed: per kg of body mass, by a table, "
        "or fixed, with a tolerance.",
        ("NM",),
        (
            Field("agent", "Agent", "text", "Parts of its name, with commas between; any will do."),
            Field(
                "nuclide",
                "Nuclide",
                "text",
                "Part of its name, such as 99 or 18. Empty: any.",
                required=False,
            ),
            Field(
                "form",
                "Prescribed",
                "choice",
                default="per-kg",
                choices=(
                    ("per-kg", "Per kg of body mass"),
                    ("by-mass", "By a table of masses"),
                    ("fixed", "The same for everybody"),
                ),
            ),
            _number("low", "From", "", "MBq/kg, or MBq where it is the same for everybody."),
            _number("high", "To", "", "The same unit; may be the same value."),
            _number("least", "At least", "MBq", "Per kg only."),
            _number("most", "At most", "MBq", "Per kg only."),
            Field(
                "points",
                "Table",
                "text",
                "Masses in kg and activities in MBq: “10: 95, 20: 170”. Between them a straight "
                "line, beyond the ends that of the end.",
                required=False,
            ),
            Field("tolerance", "Tolerance", "number", "", "%", default=10, least=0, most=100),
            Field(
                "younger_than",
                "Younger than",
                "number",
                "Empty: patients of any age.",
                "years",
                least=0,
                most=150,
                required=False,
            ),
            Field("source", "Source", "text", "Where the values are from.", required=False),
        ),
        _judge,
        _words,
        check=_check,
    )
)
