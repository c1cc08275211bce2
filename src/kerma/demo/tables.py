"""The tables of the synthetic hospital, as typed rows."""

from functools import cache
from importlib import resources
from typing import TypeVar

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every row: a name in a table that we do not know is an error."""


class System(Row, frozen=True, kw_only=True):
    """One piece of equipment and its habits; explained in `systems.toml`."""

    key: str
    kind: str
    manufacturer: str
    model: str
    station_name: str
    institution: str
    department: str
    serial_number: str
    software_versions: str
    share: float
    weekend: float
    dose: float = 1.0
    old_codes: bool = False
    silent_days: int = 0
    report: bool = True
    images: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    localiser: str = ""
    naming: str = "{name}"
    collimation_mm: tuple[float, float] = (0.6, 38.4)
    """Nominal single and total."""
    pitch: float = 1.0
    rotation_time_s: float = 0.5
    tubes: int = 1
    dose_check: bool = False
    retells: bool = False
    """Sends a second report that repeats the events of the first and adds some."""
    continues: bool = False
    """Sends a second report of further events alone."""
    source_to_isocenter_mm: float = 785.0
    source_to_detector_mm: tuple[float, float] = (1000.0, 1200.0)
    field_sides_mm: tuple[float, ...] = ()
    pulse_rates_per_s: tuple[float, ...] = ()
    planes: tuple[str, ...] = ("Single Plane",)
    anode: str = ""
    filters: tuple[str, ...] = ()
    tomosynthesis: bool = False


class Procedure(Row, frozen=True, kw_only=True):
    """What all procedures have; `group` is the kind of patients: adult, child or woman."""

    description: str
    requested: str
    code: tuple[str, str, str]
    share: float
    group: str = "adult"


class Scan(Row, frozen=True, kw_only=True):
    """One CT acquisition of a procedure: medians."""

    name: str
    ctdivol_mgy: float
    length_mm: float
    kvp: float
    type: str = "Spiral Acquisition"
    head: bool = False
    repeats: int = 1


class CtProcedure(Procedure, frozen=True, kw_only=True):
    """A CT procedure."""

    region: str
    systems: tuple[str, ...]
    scans: tuple[Scan, ...]


class RfProcedure(Procedure, frozen=True, kw_only=True):
    """A fluoroscopy procedure; explained in `rf.toml`."""

    room: str
    region: str
    dap_gycm2: float
    fluoro_s: float
    runs: tuple[int, int]
    frames_per_s: float
    protocols: tuple[str, str]
    angles: tuple[tuple[float, float], ...]
    rotation: str = ""


class View(Row, frozen=True, kw_only=True):
    """One radiograph of a procedure: medians."""

    view: str
    position: str
    protocol: str
    dap_cgycm2: float
    kvp: float
    mas: float
    distance_mm: float
    chance: float = 1.0


class DxProcedure(Procedure, frozen=True, kw_only=True):
    """A radiography procedure; a `paired` part of the body has a side."""

    room: str
    region: str
    body_part: str
    views: tuple[View, ...]
    paired: bool = False


class NmProcedure(Procedure, frozen=True, kw_only=True):
    """A nuclear medicine procedure; explained in `nm.toml`."""

    room: str
    pharmaceutical: str
    agent: str
    nuclide: str
    half_life_s: float
    activity_mbq: float
    wait_min: float
    window_kev: tuple[float, float]
    second_activity_mbq: float = 0.0
    collimator: str = ""
    effective_dose_msv_per_mbq: float | None = None


class People(Row, frozen=True, kw_only=True):
    """Names to make people of."""

    family: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    ideographic: tuple[str, ...]
    physicians: tuple[str, ...]
    operators: tuple[str, ...]
    referrers: tuple[str, ...]


Table = TypeVar("Table")


@cache
def systems() -> tuple[System, ...]:
    """Return the equipment of the hospital."""
    return _read("systems", dict[str, tuple[System, ...]])["systems"]


def institutions() -> frozenset[str]:
    """Return the names of the places where all demonstration studies are made."""
    return frozenset(system.institution for system in systems())


@cache
def ct() -> tuple[CtProcedure, ...]:
    """Return the CT procedures."""
    return _read("ct", dict[str, tuple[CtProcedure, ...]])["procedures"]


@cache
def rf() -> tuple[RfProcedure, ...]:
    """Return the fluoroscopy procedures."""
    return _read("rf", dict[str, tuple[RfProcedure, ...]])["procedures"]


@cache
def dx() -> tuple[DxProcedure, ...]:
    """Return the radiography procedures."""
    return _read("dx", dict[str, tuple[DxProcedure, ...]])["procedures"]


@cache
def nm() -> tuple[NmProcedure, ...]:
    """Return the nuclear medicine procedures."""
    return _read("nm", dict[str, tuple[NmProcedure, ...]])["procedures"]


@cache
def people() -> People:
    """Return the names of people."""
    return _read("people", People)


@cache
def terms() -> dict[str, dict[str, str | tuple[str, str]]]:
    """Return codes by the kind of dictionary and meaning."""
    return _read("terms", dict[str, dict[str, str | tuple[str, str]]])


def _read(name: str, table: type[Table]) -> Table:
    """Return `data/<name>.toml` as a typed table."""
    file = resources.files(__package__) / "data" / f"{name}.toml"
    return msgspec.toml.decode(file.read_bytes(), type=table)
