"""What a dose rests on in, the band around it out, by a budget that is stated."""

import math
from typing import Any

from kerma.dosimetry.skin.tables import source, table

BUDGET = "skin_uncertainty"


def budget(*, calibrated: bool, table_measured: bool, through_table: bool) -> list[dict[str, Any]]:
    """Return the parts of the uncertainty: name, per cent (one sigma) and why."""
    names = ["kerma_calibrated" if calibrated else "kerma", "position", "backscatter", "field"]
    if through_table:
        names.append("table" if table_measured else "table_estimated")
    known = table(BUDGET)
    return [
        {"name": name, "percent": known[name]["percent"], "why": source(known[name]["why"])}
        for name in names
    ]


def expanded_percent(parts: list[dict[str, Any]]) -> float:
    """Return coverage factor times the root of the sum of squares, in per cent."""
    factor: float = table(BUDGET)["coverage_factor"]
    return factor * math.sqrt(sum(part["percent"] ** 2 for part in parts))
