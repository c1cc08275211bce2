"""Sets of coefficients: those of Kerma and those of the site, read from data files and checked.

A site puts its own files, of the same form, into a folder of its own; see `docs/computed_doses.md`.
"""

import math
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from kerma.errors import KermaError


class BadSet(KermaError):
    """A file of coefficients cannot be used."""


class Age(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which patients a reference age stands for."""

    name: str
    from_years: float
    below_years: float


class Set(Protocol):
    """Anything read from such a file."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def faults(self) -> Iterator[str]:
        """Return what is wrong with the numbers."""
        ...


S = TypeVar("S", bound=Set)


def load(kind: str, form: type[S], site_folder: Path | None) -> dict[str, S]:
    """Return the sets of a kind by name; those of the site come after those of Kerma.

    Parameters
    ----------
    kind
        Name of the folder of the files.
    site_folder
        The site's own; its sub-folder `kind` need not exist.

    Raises
    ------
    BadSet
        If a file of the site cannot be read or has the name of another.
    """
    found = dict(_own(kind, form))
    folder = site_folder / kind if site_folder else None
    for path in sorted(folder.glob("*.toml")) if folder and folder.is_dir() else []:
        one = _read(path.name, _bytes(path), form)
        if one.name in found:
            raise BadSet(f"{path.name}: there is a set named {one.name!r} already. Rename it.")
        found[one.name] = one
    return found


def age_index(ages: tuple[Age, ...], years: float) -> int | None:
    """Return which of the ages stands for a patient, None if none does."""
    places = (n for n, age in enumerate(ages) if age.from_years <= years < age.below_years)
    return next(places, None)


def age_faults(ages: tuple[Age, ...]) -> Iterator[str]:
    """Say what is wrong with a list of ages."""
    if not ages:
        yield "ages are missing"
    for age in ages:
        if not 0 <= age.from_years < age.below_years:
            yield f"age {age.name!r} must begin at 0 or later and end after it begins"
    for before, after in pairwise(ages):
        if after.from_years < before.below_years:
            yield f"ages {before.name!r} and {after.name!r} overlap or are out of order"


def number_faults(words: str, numbers: tuple[float, ...], wanted: int) -> Iterator[str]:
    """Say what is wrong with a row of coefficients; nan stands for none."""
    if len(numbers) != wanted:
        yield f"{words} has {len(numbers)} numbers where {wanted} are wanted"
    if any(math.isinf(number) or number <= 0 for number in numbers):
        yield f"{words} has a number that is not above 0; write nan where there is none"


@cache
def _own(kind: str, form: type[S]) -> dict[str, S]:
    folder = resources.files("kerma.dosimetry") / "tables" / kind
    if not folder.is_dir():
        return {}
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    sets = (_read(file.name, file.read_bytes(), form) for file in files)
    return {one.name: one for one in sets}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSet(f"{path.name} cannot be read: {error.strerror}.") from None


def _read(file_name: str, content: bytes, form: type[S]) -> S:
    try:
        found = msgspec.toml.decode(content, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSet(f"{file_name} is no set of coefficients: {error}.") from None
    faults = list(found.faults())
    if faults:
        raise BadSet(f"{file_name}: {'; '.join(faults)}.")
    return found
