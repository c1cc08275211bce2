"""The page of columns names every column."""

from pathlib import Path

import pytest

from kerma.exports.columns import COLUMNS, nm

PAGE = (Path(__file__).parents[2] / "docs" / "export_columns.md").read_text(encoding="utf-8")
VALUES = {
    (one.heading, one.name, one.kind, one.extra)
    for columns in COLUMNS.values()
    for one in (*columns.study, *columns.event)
    if one.name != "physician"  # in the sheets of fluoroscopy only
}


@pytest.mark.parametrize("value", sorted(VALUES), ids=lambda value: value[1])
def test_every_column_is_documented(value):
    heading, name, kind, extra = value
    rows = [line for line in PAGE.splitlines() if f"| `{name}` | {kind} |" in line]
    assert any(row.startswith("| –" if extra else f"| {heading}") for row in rows)


def test_what_repeats_is_documented():
    fixed = {one.name for one in COLUMNS["NM"].event}
    assert all(one.heading in PAGE for one in nm(1, 1).event if one.name not in fixed)
