"""What a model means by its angles, table positions and fields: data, with state and source."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from kerma.dosimetry.skin.tables import geometry_tables, table
from kerma.errors import KermaError

State = Literal["validated", "plausible", "unknown"]
STATES: tuple[State, ...] = ("validated", "plausible", "unknown")

COLLIMATED, DAP_OVER_DOSE, FIELD_OF_VIEW = "collimated", "dap-over-dose", "field-of-view"


class BadGeometry(KermaError):
    """A stored geometry cannot be read."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The geometry that this site has entered for {name} cannot be read: {why}. "
            "Delete it under Configuration, Skin dose, and enter it again."
        )


class Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which stored table position a movement of the table is read: sign * value + offset."""

    field: str
    sign: int = 1
    offset_cm: float = 0.0


class Geometry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The geometry of one model.

    The defaults are the definitions of DICOM (PS3.16, TID 10003C, and PS3.3 C.8.7.5): the table
    moves to the left of a head-first supine patient, to its head, and down with growing values;
    the detector moves to the patient's left and head with growing angles, however the patient lies.
    """

    manufacturer: str
    model: str
    software_version: str = ""
    """"" for every version."""
    state: State = "unknown"
    source: str = ""
    note: str = ""
    left: Axis = Axis("table_longitudinal_mm")
    cranial: Axis = Axis("table_lateral_mm")
    down: Axis = Axis("table_height_mm")
    """Movements of the table from where the head end of its surface is in the isocentre."""
    primary_sign: int = 1
    secondary_sign: int = 1
    angles: Literal["patient", "table"] = "patient"
    """Whether angles turn with the patient, or are always those of a head-first supine one."""
    field_size: tuple[str, ...] = (COLLIMATED, DAP_OVER_DOSE, FIELD_OF_VIEW)
    """Where the size of the field is taken from: the first that is there."""
    reference_point_code: str = "113860"
    """Where the object does not say it: 15 cm from the isocentre toward the source."""
    table_width_cm: float = 45.0
    table_length_cm: float = 280.0
    pad_cm: float = 4.0
    """Between the surface of the table and the skin."""
    crown_cm: float = 5.0
    """From the head end of the table to the end of the body that lies there."""
    transmission: str = "estimate"
    """Of table top and pad, by its name in tables/table_transmission.toml."""
    aluminium_mm: float = 3.1
    """Inherent filtration."""


def shipped() -> list[Geometry]:
    """Return the geometries that come with Kerma."""
    return [
        msgspec.convert(one | {"manufacturer": manufacturer}, Geometry)
        for one in geometry_tables()
        for manufacturer in one["manufacturer"]
    ]


def transmissions() -> list[str]:
    """Return the names of the known transmissions of tables."""
    return list(table("table_transmission"))


def find(
    manufacturer: str, model: str, software_version: str, of_site: Iterable[Geometry] = ()
) -> Geometry:
    """Return the geometry of a device: what the site says first, one for its very version first.

    Manufacturer, model and version must be the same but for upper and lower case and spaces at the
    ends. An entry without a version holds for all. What nothing matches is of state "unknown".
    """
    for entries in (list(of_site), shipped()):
        mine = [one for one in entries if _same(one, manufacturer, model)]
        for version in (software_version, ""):
            for one in mine:
                if _plain(one.software_version) == _plain(version):
                    return one
    return Geometry(manufacturer=manufacturer, model=model, software_version=software_version)


def read(entries: Iterable[dict[str, Any]]) -> list[Geometry]:
    """Return geometries from what a site has stored.

    Raises
    ------
    BadGeometry
        If an entry cannot be read, e.g. because another version of Kerma has written it.
    """
    found = []
    for entry in entries:
        name = f"{entry.get('manufacturer', '')} {entry.get('model', '')}".strip()
        try:
            one = msgspec.convert(entry, Geometry)
        except msgspec.ValidationError as error:
            raise BadGeometry(name, str(error)) from None
        if one.transmission not in transmissions():
            raise BadGeometry(name, f"there is no transmission {one.transmission!r}")
        found.append(one)
    return found


def _same(one: Geometry, manufacturer: str, model: str) -> bool:
    return (_plain(one.manufacturer), _plain(one.model)) == (_plain(manufacturer), _plain(model))


def _plain(text: str) -> str:
    return text.strip().casefold()
