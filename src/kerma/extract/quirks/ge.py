"""Repairs of GE's dose reports of projection systems."""

from kerma.dicom.content import ContentItem
from kerma.extract.base import DoseObject, Quirk, quirks
from kerma.extract.concepts import common as c
from kerma.extract.concepts import projection as p

_CONCEPT_CODE = 0x0040A168
_CODE_VALUE = 0x00080100
_GRIDS = {"FIXED GRID": "111641", "FOCUSED GRID": "111642", "RECIPROCATING GRID": "111643",
          "PARALLEL GRID": "111644", "CROSSED GRID": "111645", "NO GRID": "111646"}  # fmt: skip
"""CID 10017."""


def _grids(found: DoseObject) -> list[ContentItem]:
    """Return the grid rows whose value is the code of the concept itself."""
    if not found.is_report or not found.manufacturer.upper().startswith("GE"):
        return []
    return [
        row
        for event in found.root.find(c.IRRADIATION_EVENT_X_RAY_DATA)
        for row in event.find(p.X_RAY_GRID)
        if row.code and row.code.value == p.X_RAY_GRID.value
    ]


def _put_the_codes_of_the_words(found: DoseObject) -> None:
    for row in _grids(found):
        words = row.code.meaning.upper() if row.code else ""
        for code in row.data_set.items(_CONCEPT_CODE):
            if words in _GRIDS:
                code.put(_CODE_VALUE, _GRIDS[words])


quirks.add(
    Quirk(
        name="ge-grid-coded-as-its-concept",
        evidence=(
            "Surgical C-arms with flat panel write (111635, DCM), the concept X-Ray Grid, for "
            '"Fixed Grid", which is (111641, DCM): OpenREM issues 181 and 739'
        ),
        applies=lambda found: bool(_grids(found)),
        repair=_put_the_codes_of_the_words,
    )
)
