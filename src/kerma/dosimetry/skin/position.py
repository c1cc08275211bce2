"""How a patient lies in, where each cell of the skin is on the table out."""

from typing import NamedTuple

import numpy as np

from kerma.dosimetry.skin.body import Skin
from kerma.dosimetry.skin.solids import Floats
from kerma.records import ProjectionEvent

USUAL = "HFS"

_TURNS = {
    "S": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "P": ((-1, 0, 0), (0, -1, 0), (0, 0, 1)),
    "DL": ((0, 1, 0), (-1, 0, 0), (0, 0, 1)),
    "DR": ((0, -1, 0), (1, 0, 0), (0, 0, 1)),
}
"""Position -> matrix from the axes of the body to those of the table, head first."""

_FEET_FIRST = np.diag([-1.0, 1.0, -1.0])

POSITIONS = tuple(end + turn for end in ("HF", "FF") for turn in _TURNS)
"""As in Patient Position (0018,5100)."""


class Placed(NamedTuple):
    """A body on a table."""

    skin: Skin
    turn: Floats
    """From the axes of the body to those of the table, shape (3, 3)."""
    shift: Floats
    points: Floats
    normals: Floats
    around: Floats
    along: Floats

    def in_body(self, points: Floats) -> Floats:
        """Return points of the table in the axes of the body."""
        found: Floats = (points - self.shift) @ self.turn
        return found


def turn_of(position: str) -> Floats:
    """Return the matrix from the axes of the body to those of the table."""
    turn = np.array(_TURNS[position[2:]], dtype=float)
    return _FEET_FIRST @ turn if position.startswith("FF") else turn


def place(skin: Skin, position: str, *, height_cm: float, pad_cm: float, crown_cm: float) -> Placed:
    """Lay a body on the pad, in the middle of the table, its upper end at the table's head end.

    Feet first, the feet are there: the crown is the patient's height farther down, whether or not
    the body has legs.
    """
    turn = turn_of(position)
    turned = skin.points @ turn.T
    feet_first = position.startswith("FF")
    middle = (turned[:, 0].max() + turned[:, 0].min()) / 2
    crown = -crown_cm - height_cm if feet_first else -crown_cm
    shift = np.array([-middle, pad_cm - turned[:, 1].min(), crown])
    return Placed(
        skin,
        turn,
        shift,
        turned + shift,
        skin.normals @ turn.T,
        skin.around @ turn.T,
        skin.along @ turn.T,
    )


def position_of(event: ProjectionEvent, declared: str = "") -> tuple[str, str]:
    """Return the position of the patient in an event, and how it is known.

    `declared` is a position of the whole study, e.g. "HFS". Head first is assumed where nothing is
    known, and supine where only the end is.
    """
    relationship, orientation, modifier = (
        (getattr(event, name) or str(event.derived.get(name, ""))).lower()
        for name in (
            "patient_table_relationship",
            "patient_orientation",
            "patient_orientation_modifier",
        )
    )
    given = declared.strip().upper() if declared.strip().upper() in POSITIONS else ""
    end = _end(relationship) or given[:2]
    turn = _turn(f"{orientation} {modifier}") or given[2:]
    if end and turn:
        return end + turn, "as in the report"
    if end or turn:
        return (end or "HF") + (turn or "S"), "partly assumed"
    return USUAL, "assumed"


def _end(words: str) -> str:
    if "head" in words:
        return "HF"
    return "FF" if "feet" in words or "foot" in words else ""


def _turn(words: str) -> str:
    if "decubitus" in words:
        return "DL" if "left" in words else "DR"
    if "prone" in words:
        return "P"
    return "S" if "supine" in words else ""
