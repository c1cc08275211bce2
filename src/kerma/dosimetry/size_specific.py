"""CTDIvol and the size of the patient in, the size-specific dose estimate out.

AAPM Report 204 (2011): SSDE = f(D) CTDIvol, with D the effective diameter; AAPM Report 220 (2014)
puts the water-equivalent diameter in its place.
"""

import math
from functools import cache
from importlib import resources

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from kerma.dosimetry.outcome import Outcome, shown
from kerma.dosimetry.phantoms import NO_PHANTOM, PHANTOM_CM
from kerma.dosimetry.regions import region

_HEADS = frozenset(("head", "head and neck"))
_AIR_HU = -1000.0
CUT_OFF_ALLOWED = 0.1
"""Share of the images of an acquisition that may be cut off for their mean to count."""


class _Phantom(msgspec.Struct, frozen=True, kw_only=True):
    phantom_cm: int
    a: float
    b_per_cm: float
    from_cm: float
    to_cm: float


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    title: str
    source: str
    checked: str
    valid: str
    phantoms: tuple[_Phantom, ...]


class Size(msgspec.Struct, frozen=True):
    """A diameter and how it was found."""

    diameter_mm: float
    method: str
    note: str = ""


class ImageSize(msgspec.Struct, frozen=True, kw_only=True):
    """Water-equivalent diameters of the axial images of one acquisition."""

    images: int
    mean_mm: float
    minimum_mm: float
    maximum_mm: float
    cut_off_share: float
    """Of the images that do not show the whole patient."""
    matched: str
    """How one knows that the images are of this acquisition, as a sentence."""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What the object says of one CT acquisition."""

    ctdivol_mgy: float | None = None
    phantom_code: str = ""
    region_code: str = ""
    water_equivalent_diameter_mm: float | None = None
    effective_diameter_mm: float | None = None
    ap_mm: float | None = None
    lateral_mm: float | None = None
    images: ImageSize | None = None


def ssde(scan: Scan) -> Outcome:
    """Return the size-specific dose estimate of one acquisition in mGy.

    Without a phantom, or with the 16 cm phantom and no region, there is no value: the same code
    stands for heads, for which the factors are not meant, and for the trunks of children.
    """
    phantom_cm = PHANTOM_CM.get(scan.phantom_code)
    where = region(scan.region_code)
    size = size_of(scan)
    if scan.ctdivol_mgy is None or not scan.ctdivol_mgy > 0:
        return Outcome.none("The object gives no CTDIvol above 0.")
    if phantom_cm is None:
        return Outcome.none(NO_PHANTOM)
    if where in _HEADS:
        return Outcome.none("AAPM Report 204 is not for the head; Report 293 is not included.")
    if phantom_cm == 16 and not where:
        return Outcome.none(
            "CTDIvol is for the 16 cm phantom and the region is not known: it could be a head."
        )
    if size is None:
        return Outcome.none(_no_size(scan.images))
    return _outcome(scan.ctdivol_mgy, phantom_cm, size)


def _no_size(images: ImageSize | None) -> str:
    if images is None:
        return (
            "The object gives no water-equivalent or effective diameter, nor both the lateral and "
            "the AP dimension, and no axial images of it were measured."
        )
    return (
        "The object gives no diameter, and the axial images do not show the whole patient: "
        f"{images.cut_off_share:.0%} of {images.images} are cut off by the field of view."
    )


def _outcome(ctdivol_mgy: float, phantom_cm: int, size: Size) -> Outcome:
    factor = conversion_factor(size.diameter_mm, phantom_cm)
    if factor is None:
        row = _row(phantom_cm)
        return Outcome.none(
            f"The diameter, {shown(size.diameter_mm / 10, 'cm')}, is outside of {row.from_cm:g} to "
            f"{row.to_cm:g} cm, for which there are factors."
        )
    return Outcome(
        value=ctdivol_mgy * factor,
        method=f"CTDIvol × f, f = a exp(-b D), D {size.method}",
        set=_table().title,
        source=_table().source,
        inputs={
            "CTDIvol": shown(ctdivol_mgy, "mGy"),
            "phantom": f"{phantom_cm} cm",
            "D": shown(size.diameter_mm / 10, "cm"),
            "f": f"{factor:.3f}",
        },
        note=size.note,
    )


def conversion_factor(diameter_mm: float, phantom_cm: int) -> float | None:
    """Return f of AAPM Report 204, None outside of the sizes of its tables.

    Raises
    ------
    KeyError
        If there is no phantom of this size.
    """
    row = _row(phantom_cm)
    diameter_cm = diameter_mm / 10
    if not row.from_cm <= diameter_cm <= row.to_cm:
        return None
    return row.a * math.exp(-row.b_per_cm * diameter_cm)


def size_of(scan: Scan) -> Size | None:
    """Return the best diameter that an acquisition has.

    What the object says goes first, by attenuation, else by geometry; then its images.
    """
    if (water := _given(scan.water_equivalent_diameter_mm)) is not None:
        return Size(water, "water-equivalent diameter of the object")
    if (effective := _given(scan.effective_diameter_mm)) is not None:
        return Size(effective, "effective diameter of the object")
    ap_mm, lateral_mm = _given(scan.ap_mm), _given(scan.lateral_mm)
    if ap_mm is not None and lateral_mm is not None:
        return Size(effective_diameter(ap_mm, lateral_mm), "√(AP · lateral) of the object")
    return _of_images(scan.images)


def _of_images(images: ImageSize | None) -> Size | None:
    """Return the mean over the images, None if too many of them are cut off."""
    if images is None or images.cut_off_share > CUT_OFF_ALLOWED:
        return None
    return Size(
        images.mean_mm,
        "water-equivalent diameter, mean of axial images (AAPM Report 220)",
        f"{images.images} images measured, {images.minimum_mm / 10:.1f} to "
        f"{images.maximum_mm / 10:.1f} cm, {images.cut_off_share:.0%} cut off by the field of "
        f"view. {images.matched}",
    )


def effective_diameter(ap_mm: float, lateral_mm: float) -> float:
    """Return the diameter in mm of the circle with the area of an ellipse of these axes."""
    return math.sqrt(ap_mm * lateral_mm)


def water_equivalent_diameter(
    hu: ArrayLike, pixel_area_mm2: float, inside: NDArray[np.bool_] | None = None
) -> float:
    """Return the water-equivalent diameter in mm of an axial CT image.

    AAPM Report 220: D = 2 √((mean HU / 1000 + 1) A / π), which is the diameter of a cylinder of
    water that attenuates as much. Air counts nothing, so a larger area does no harm, but a table
    or a part of the body outside of the image does.

    Parameters
    ----------
    hu : array, shape (rows, cols)
        CT numbers in HU; values below that of air count as air.
    inside : array of bool, shape (rows, cols)
        The patient; by default the whole image.

    Raises
    ------
    ValueError
        If the image is not two-dimensional, is empty inside, or has values that are no numbers.
    """
    image = np.asarray(hu, dtype=float)
    if image.ndim != 2 or not pixel_area_mm2 > 0:
        raise ValueError(
            f"hu must have shape (rows, cols), not {image.shape}, and pixel_area_mm2 be above 0, "
            f"not {pixel_area_mm2}."
        )
    values = image if inside is None else image[inside]
    if not values.size or not np.isfinite(values).all():
        raise ValueError("hu must have values inside, and all of them must be numbers.")
    relative = np.maximum(values, _AIR_HU) / 1000 + 1
    return 2 * math.sqrt(float(relative.sum()) * pixel_area_mm2 / math.pi)


def _given(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None


def _row(phantom_cm: int) -> _Phantom:
    return {row.phantom_cm: row for row in _table().phantoms}[phantom_cm]


@cache
def _table() -> _Table:
    file = resources.files("kerma.dosimetry") / "tables" / "size_specific.toml"
    return msgspec.toml.decode(file.read_bytes(), type=_Table)
