"""An axial CT image in HU in, the water-equivalent diameter of the patient out.

AAPM Report 220 (2014): D = 2 √((mean HU / 1000 + 1) A / π) over the section of the patient. Where
the patient ends is for the program to find; how this one does is in `outline`.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from kerma.dosimetry.size_specific import water_equivalent_diameter

METHOD = "Water-equivalent diameter of axial images (AAPM Report 220), outline 1"
"""Its number is raised with every change by which a diameter can become another."""

_AIR_HU = -1000.0
_BODY_HU = -300.0
_COARSE_MM = 2.0
"""Pixels are put together up to this size: the sum over them, and so the diameter, is the same."""
_THIN_MM = 6.0
"""Half of the thickness up to which a part is taken for table, holder or blanket."""
_EDGE_MM = 3.0
"""How far the section reaches beyond the outline, for pixels that are half patient and half air."""
_SMALLEST_PART = 0.02
"""Share of the largest part that another part, as an arm, must have to count as patient."""
_SMALLEST_MM2 = 1000.0
"""Area from which on there is a patient."""
_SMALLEST_TOUCH = 0.01
"""Share of the outline at the edge of the field from which on the patient is cut off."""
_FIELD_EDGE_PIXELS = 2


class Section(NamedTuple):
    """One image, measured."""

    diameter_mm: float
    """Water-equivalent; too small where it is cut off."""
    share_at_edge: float
    """Of the outline of the patient that lies at the edge of the field."""

    @property
    def is_cut_off(self) -> bool:
        """Whether parts of the patient lie outside of the field."""
        return self.share_at_edge > _SMALLEST_TOUCH


class Placed(NamedTuple):
    """One measured image of a series."""

    position_mm: float | None
    diameter_mm: float
    is_cut_off: bool


class SeriesSize(NamedTuple):
    """The images of one acquisition in a series."""

    images: int
    mean_mm: float
    minimum_mm: float
    maximum_mm: float
    middle_mm: float | None
    """Of the image in the middle of the range; None without positions."""
    cut_off_share: float


def section(
    hu: ArrayLike, spacing_mm: tuple[float, float], padded: NDArray[np.bool_] | None = None
) -> Section | None:
    """Return the size of the patient in an axial image, None if there is nobody in it.

    Parameters
    ----------
    hu : array, shape (rows, columns)
        CT numbers in HU.
    spacing_mm : (row, column)
        Distance between pixel centres in mm.
    padded : array of bool, shape (rows, columns)
        Where nothing was reconstructed.

    Raises
    ------
    ValueError
        If the image is not two-dimensional, or holds values that are no numbers.
    """
    fine = np.asarray(hu, dtype=np.float32)
    if fine.ndim != 2 or not fine.size or not np.isfinite(fine).all():
        raise ValueError("hu must have shape (rows, columns) and hold numbers.")
    outside = np.zeros(fine.shape, bool) if padded is None else padded
    image, beyond, pitch_mm = _coarse(np.where(outside, _AIR_HU, fine), outside, spacing_mm)
    body = outline(image, pitch_mm)
    area_mm2 = pitch_mm[0] * pitch_mm[1]
    if np.count_nonzero(body) * area_mm2 < _SMALLEST_MM2:
        return None
    inside = _grown(body, _EDGE_MM, pitch_mm)
    return Section(
        water_equivalent_diameter(image, area_mm2, inside), _at_edge(body, _field(image, beyond))
    )


def outline(hu: NDArray[np.float32], pitch_mm: tuple[float, float]) -> NDArray[np.bool_]:
    """Return the pixels of the patient, with all that lies inside, as air in lungs and bowel.

    They are those above -300 HU; parts thinner than 12 mm are left out, and then the small ones;
    holes are filled. So a table, a head holder or a blanket goes; one that touches the patient
    stays along the contact, with less than 12 mm of its thickness.
    """
    dense = hu > _BODY_HU
    core = _padded_distance(dense, pitch_mm) > _THIN_MM
    opened = dense & _grown(core, _THIN_MM, pitch_mm)
    parts, number = ndimage.label(opened)
    if not number:
        return opened
    areas = np.bincount(parts.ravel())
    areas[0] = 0
    kept = (areas >= _SMALLEST_PART * areas.max())[parts] & opened
    filled: NDArray[np.bool_] = ndimage.binary_fill_holes(kept)
    return filled


def summary(sections: Iterable[Placed]) -> SeriesSize | None:
    """Return the sizes of a series, None without images; the same whatever their order.

    A cut off image counts, with the diameter of what is seen of the patient.
    """
    known = sorted(sections, key=lambda one: (one.position_mm or 0.0, one.diameter_mm))
    if not known:
        return None
    diameters = [one.diameter_mm for one in known]
    return SeriesSize(
        images=len(known),
        mean_mm=math.fsum(diameters) / len(known),
        minimum_mm=min(diameters),
        maximum_mm=max(diameters),
        middle_mm=_middle(known),
        cut_off_share=sum(one.is_cut_off for one in known) / len(known),
    )


def _middle(known: list[Placed]) -> float | None:
    places = [one.position_mm for one in known if one.position_mm is not None]
    if len(places) < len(known):
        return None
    middle = (places[0] + places[-1]) / 2
    return min(zip(places, known, strict=True), key=lambda one: abs(one[0] - middle))[1].diameter_mm


def _coarse(
    hu: NDArray[np.float32], padded: NDArray[np.bool_], spacing_mm: tuple[float, float]
) -> tuple[NDArray[np.float32], NDArray[np.bool_], tuple[float, float]]:
    """Return image, padding and pixel size, with blocks of 1, 2 or 4 pixels put together."""
    rows, columns = hu.shape
    for size in (4, 2):
        if rows % size == 0 and columns % size == 0 and max(spacing_mm) * size <= _COARSE_MM:
            break
    else:
        size = 1
    shape = (rows // size, size, columns // size, size)
    blocks = np.maximum(hu, _AIR_HU).reshape(shape).mean(axis=(1, 3))
    pitch_mm = (spacing_mm[0] * size, spacing_mm[1] * size)
    beyond = np.asarray(padded.reshape(shape).any(axis=(1, 3)))
    return blocks.astype(np.float32), beyond, pitch_mm


def _padded_distance(mask: NDArray[np.bool_], pitch_mm: tuple[float, float]) -> NDArray[np.float64]:
    """Return for each pixel in `mask` how far it is from the outside, in mm.

    The mask goes on beyond the image, so that what is cut off is not thin for that.
    """
    found: NDArray[np.float64] = ndimage.distance_transform_edt(mask, sampling=pitch_mm)
    return found if not mask.all() else np.full(mask.shape, np.inf)


def _grown(
    mask: NDArray[np.bool_], by_mm: float, pitch_mm: tuple[float, float]
) -> NDArray[np.bool_]:
    if not mask.any():
        return mask
    return np.asarray(ndimage.distance_transform_edt(~mask, sampling=pitch_mm) <= by_mm)


def _field(hu: NDArray[np.float32], padded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where there is an image: a circle, if nothing is outside of it, less the padding."""
    rows, columns = hu.shape
    y, x = np.ogrid[:rows, :columns]
    across = (2 * y - rows + 1) / rows, (2 * x - columns + 1) / columns
    circle = across[0] ** 2 + across[1] ** 2 <= 1
    is_round = not (hu[~circle] > _BODY_HU).any()
    opened = ndimage.binary_opening(padded, np.ones((3, 3), bool))
    return np.asarray((circle | (not is_round)) & ~opened)


def _at_edge(body: NDArray[np.bool_], field: NDArray[np.bool_]) -> float:
    """Return the share of the outline of the patient that lies at the edge of the field."""
    line = body & ~ndimage.binary_erosion(body)
    inner = ndimage.binary_erosion(field, iterations=_FIELD_EDGE_PIXELS)
    length = np.count_nonzero(line)
    return float(np.count_nonzero(line & ~inner) / length) if length else 0.0
