"""A plan and a format in, a whole file out, or none: what every kind of export has in common.

A format is a file in `kerma.exports.formats` that ends in `add(Format(...))`. It is given the plan,
the data as they were at one moment, an open stream to write to and a progress to tell.
"""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, NamedTuple, Protocol

from kerma.errors import KermaError
from kerma.exports import formats
from kerma.exports.reading import Data
from kerma.query.selection import Selection
from kerma.registry import Registry, load_all


class ExportError(KermaError):
    """Why no file was made; fit to be shown."""


class NothingSelected(ExportError):
    """No study meets the filters."""


class Progress(Protocol):
    """Told now and then how many studies of all are written; may raise to end the export."""

    def __call__(self, done: int, total: int, what: str = "") -> None: ...  # noqa: D102


def silent(done: int, total: int, what: str = "") -> None:
    """Tell nobody."""


class Plan(NamedTuple):
    """What is to be exported, for whom."""

    selection: Selection
    """Its modality is that of the export."""
    identity: bool = False
    """Whether names, ids and birth dates of patients go in; only for who may see them."""
    options: Mapping[str, Any] = {}
    """Choices of the format by name, see `Format.options`."""
    who: str = ""
    """Name of the user, for the summary."""

    @property
    def modality(self) -> str:
        """Return CT, RF, DX, MG or NM."""
        return self.selection.modality


class Made(NamedTuple):
    """What a file holds."""

    studies: int
    rows: int
    """Rows or lines below the headings, of all sheets together."""
    notes: tuple[str, ...] = ()
    """What did not fit, or was left out, in full sentences."""


class Option(NamedTuple):
    """A choice of a format: the first of `choices` unless another is given."""

    name: str
    heading: str
    choices: tuple[tuple[str, str], ...]
    """Pairs of value and label."""
    explanation: str = ""
    read: Callable[[str], str] | None = None
    """Instead of choices: takes any text and returns it as kept, or raises an `ExportError`."""


class Format(NamedTuple):
    """One kind of file."""

    name: str
    title: str
    """In the words of the page, e.g. `Excel workbook`."""
    suffix: str
    """With the dot."""
    modalities: frozenset[str]
    write: Callable[[Plan, Data, BinaryIO, Progress], Made]
    explanation: str = ""
    streams: bool = False
    """Whether it can be written to a pipe, which cannot be wound back."""
    options: tuple[Option, ...] = ()
    identity: bool = True
    """Whether names and ids of patients can be asked for."""
    order: int = 100
    """Place in the list of the page: general formats before special ones."""
    listed: bool = True
    """Whether every list of studies offers it; else a page of its own does."""


registry: Registry[Format] = Registry("export format")
add = registry.add

ALL = frozenset({"CT", "RF", "DX", "MG", "NM"})


def formats_of(modality: str) -> list[Format]:
    """Return the formats of a modality as the page lists them."""
    found = (one for one in _all(modality) if one.listed)
    return sorted(found, key=lambda one: (one.order, one.title))


def find(name: str, modality: str) -> Format:
    """Return a format by name.

    Raises
    ------
    ExportError
        If the modality has no such format; the text names those it has.
    """
    known = _all(modality)
    for one in known:
        if one.name == name:
            return one
    raise ExportError(
        f"There is no export {name!r} for {modality}. "
        f"Known: {', '.join(sorted(one.name for one in known if one.listed))}."
    )


def _all(modality: str) -> list[Format]:
    load_all(formats)
    return [one for one in registry if modality in one.modalities]


def option(plan: Plan, one: Option) -> str:
    """Return what the plan chooses for an option.

    Raises
    ------
    ExportError
        If it is none of the choices.
    """
    if one.read is not None:
        return one.read(str(plan.options.get(one.name, "")))
    values = [value for value, _ in one.choices]
    chosen = str(plan.options.get(one.name, values[0]))
    if chosen not in values:
        raise ExportError(f"{one.name} must be {' or '.join(values)}, not {chosen!r}.")
    return chosen
