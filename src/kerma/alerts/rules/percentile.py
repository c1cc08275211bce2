"""A total above a percentile of the comparable studies before it."""

import numpy as np

from kerma.alerts.base import ALL, SLACK, Field, Found, Kind, Settings, add
from kerma.alerts.earlier import (
    LIKE_FIELD,
    LIKE_WORDS,
    check_numbers,
    earlier,
    number_fields,
)
from kerma.alerts.quantities import plain, quantity
from kerma.store.models import Study


def _judge(study: Study, settings: Settings) -> Found | None:
    name = settings["quantity"]
    value = getattr(study, name, None)
    if value is None:
        return None
    rows = earlier(study, settings["like"], (name,), settings["last"])
    if len(rows) < settings["minimum"]:
        return None
    share = settings["percentile"]
    level = float(np.percentile([row[0] for row in rows], share))
    return Found(
        name,
        value,
        level,
        value > level * (1 + SLACK),
        value,
        {
            "method": f"{_ordinal(share)} percentile of the last {len(rows)} studies "
            f"{LIKE_WORDS[settings['like']]}; linear between values (definition 7 of Hyndman and "
            "Fan, The American Statistician 50 (1996) 361).",
            "compared": len(rows),
        },
    )


def _ordinal(share: float) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(int(share) % 10, "th")
    if int(share) % 100 in (11, 12, 13) or share != int(share):
        ending = "th"
    return f"{plain(share)}{ending}"


def _words(modality: str, settings: Settings) -> str:
    heading = quantity(modality, settings["quantity"]).heading
    return (
        f"{heading} above the {_ordinal(settings['percentile'])} percentile of the last "
        f"{settings['last']} studies {LIKE_WORDS[settings['like']]}"
    )


add(
    Kind(
        "percentile",
        "Percentile of earlier studies",
        40,
        "A total above a percentile of the last comparable studies: a limit that follows what the "
        "site does.",
        ALL,
        (
            Field("quantity", "Value", "quantity"),
            Field(
                "percentile",
                "Percentile",
                "number",
                "Of 95, every twentieth study alerts on average.",
                "%",
                default=99,
                least=50,
                most=99.9,
            ),
            LIKE_FIELD,
            *number_fields(last=500, minimum=100, most=5000),
        ),
        _judge,
        _words,
        check=check_numbers,
    )
)
