"""A dose far above what comparable studies lead one to expect for a patient of this size."""

from kerma.alerts.base import ALL, SLACK, Field, Found, Kind, Settings, add
from kerma.alerts.earlier import (
    LIKE_FIELD,
    LIKE_WORDS,
    check_numbers,
    earlier,
    number_fields,
)
from kerma.alerts.quantities import plain, quantity, said
from kerma.alerts.robust import Limit, limit, limit_by_size
from kerma.store.models import Study

_SIZES = {"MG": ("thickness_max_mm", "thickness", "mm")}
_MASS = ("weight_kg", "mass", "kg")
_SOURCE = (
    "Logarithm of dose; spread from the median absolute deviation (Iglewicz and Hoaglin, How to "
    "Detect and Handle Outliers, 1993, who propose 3.5)."
)


def _judge(study: Study, settings: Settings) -> Found | None:
    name = settings["quantity"]
    value = getattr(study, name, None)
    if value is None or value <= 0:
        return None
    sized = _by_size(study, settings)
    found, details = sized or _alone(study, settings) or (None, {})
    if found is None:
        return None
    details["expected"] = said(study.modality, name, found.expected)
    is_over = value > found.limit * (1 + SLACK)
    return Found(name, value, found.limit, is_over, value, details)


_Judged = tuple[Limit | None, dict[str, object]]


def _by_size(study: Study, settings: Settings) -> _Judged | None:
    """Return the limit for the size of this patient; None where too few sizes are known."""
    path, word, unit = _SIZES.get(study.modality, _MASS)
    size, name = getattr(study, path), settings["quantity"]
    if size is None:
        return None
    rows = earlier(study, settings["like"], (name, path), settings["last"])
    rows = [row for row in rows if row[0] > 0]
    if len(rows) < settings["minimum"]:
        return None
    doses, sizes = zip(*rows, strict=True)
    found = limit_by_size(doses, sizes, size, settings["deviations"])
    if found is None:
        return None
    return found, {
        "method": f"Theil–Sen line through the last {len(rows)} studies "
        f"{LIKE_WORDS[settings['like']]}, at a {word} of {plain(size)} {unit}. {_SOURCE}",
        "compared": len(rows),
    }


def _alone(study: Study, settings: Settings) -> _Judged | None:
    """Return the limit without sizes; None with too few studies."""
    rows = earlier(study, settings["like"], (settings["quantity"],), settings["last"])
    doses = [row[0] for row in rows if row[0] > 0]
    if len(doses) < settings["minimum"]:
        return None
    found = limit(doses, settings["deviations"])
    return found, {
        "method": f"Median of the last {len(doses)} studies {LIKE_WORDS[settings['like']]}, "
        f"without patient size, because too few are known. {_SOURCE}",
        "compared": len(doses),
    }


def _words(modality: str, settings: Settings) -> str:
    heading = quantity(modality, settings["quantity"]).heading
    size = _SIZES.get(modality, _MASS)[1]
    return (
        f"{heading} more than {plain(settings['deviations'])} robust deviations above what the "
        f"last studies {LIKE_WORDS[settings['like']]} give for the {size}"
    )


add(
    Kind(
        "outlier",
        "Outlier for the patient's size",
        50,
        "A dose far above what comparable studies lead one to expect for a patient of this mass, "
        "in mammography of this thickness. Without sizes, what comparable studies got.",
        ALL,
        (
            Field("quantity", "Value", "quantity"),
            Field(
                "deviations",
                "Deviations",
                "number",
                "Robust standard deviations of the logarithm of dose. 3.5 is the usual choice.",
                default=3.5,
                least=0,
                most=20,
            ),
            LIKE_FIELD,
            *number_fields(last=200, minimum=30, most=500),
        ),
        _judge,
        _words,
        check=check_numbers,
    )
)
