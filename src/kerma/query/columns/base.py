"""One value of a study as people see it: said once, then listed, filtered, ordered and exported."""

from typing import NamedTuple


class Column(NamedTuple):
    """One listed value.

    `path` is where the store keeps it; the stored value times `factor` is in `unit`. `kind` tells
    how to write it. `sub` names the column shown on the second line of its cell. `priority` 1 is
    always listed, 2 and 3 leave on narrow screens, 0 is listed only where chosen. `json` is its
    name in the study record, which orders as well as `name`.
    """

    name: str
    heading: str
    path: str
    unit: str = ""
    kind: str = "text"
    factor: float = 1.0
    sub: str = ""
    priority: int = 0
    json: str = ""
    explanation: str = ""
    identity: bool = False
    """Shown to the pid group only."""
    statistic: bool = False
    """Whether the median of a filter is worth showing."""

    @property
    def is_number(self) -> bool:
        """Return whether it is set to the right."""
        return self.kind in {"number", "whole", "years", "duration", "events", "level", "period"}


def named(columns: tuple[Column, ...]) -> dict[str, Column]:
    """Return the columns by name."""
    return {column.name: column for column in columns}


_ALSO = {
    "date_time": ("study_date", "study_time"),
    "events": ("spiral_events", "sequenced_events", "stationary_events", "localiser_events"),
    "level": ("dap_gym2", "rp_dose_gy", "peak_skin_dose_gy"),
    "period": ("period_exams",),
}
"""What a kind of column needs besides its own value."""


def paths_of(columns: tuple[Column, ...], known: dict[str, Column]) -> tuple[str, ...]:
    """Return the paths of all values that the cells of `columns` show."""
    below = tuple(known[column.sub] for column in columns if column.sub)
    paths: dict[str, None] = {}
    for column in (*columns, *below):
        if column.kind != "level":
            paths[column.path] = None
        paths.update(dict.fromkeys(_ALSO.get(column.kind, ())))
        if column.kind == "hashable":
            paths[f"{column.path}_hashed"] = None
    return tuple(paths)
