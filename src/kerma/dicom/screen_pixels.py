"""An object with a picture of a dose screen in, the picture as it is shown out, in gray.

Screens are shown without the window of their header, which is often made for something else: the
values as they are where they have 8 bits, else their own range. Only a window of width 1, by which
some scanners turn text into black and white, is used.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut

from kerma.dicom.decode import FAILURES, damage, is_compressed, name_of_syntax, parsed, stored
from kerma.dicom.overlays import burn_in
from kerma.errors import KermaError

LARGEST_SIDE = 8192
"""Pixels; screens have 512 to 2000."""
MOST_FRAMES = 64
_MOST_PIXELS = 2**26
"""Of all frames and colours together."""
_MOST_BYTES = 2**28
"""Of the object."""

_LOSSY = frozenset(
    (
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.51",
        "1.2.840.10008.1.2.4.81",
        "1.2.840.10008.1.2.4.112",
    )
)
"""Transfer syntaxes that always lose something."""
_PERHAPS_LOSSY = frozenset(
    ("1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.93")
)
"""Those that may; without loss only where the object says so."""
_EXTENDED = "1.2.840.10008.1.2.4.51"
_LUMINANCE = np.array((0.299, 0.587, 0.114), np.float32)
"""Of red, green and blue (ITU-R BT.601)."""


class ScreenPixelsError(KermaError):
    """A picture that cannot be had."""


class Shown(NamedTuple):
    """One picture, in the form of `kerma.screens.picture.Picture`."""

    gray: NDArray[np.uint8]
    """Shape (rows, columns); as it is shown, 255 is white."""
    is_lossy: bool


def pictures(data: bytes) -> list[Shown]:
    """Return the pictures of the object in the bytes of a file, one for each frame.

    Raises
    ------
    ScreenPixelsError
        If it is no DICOM object, has no pixels, is far too large, or cannot be decompressed.
    """
    if len(data) > _MOST_BYTES:
        raise ScreenPixelsError(
            f"The object has {len(data) // 2**20} MiB; no dose screen is larger than "
            f"{_MOST_BYTES // 2**20} MiB."
        )
    try:
        found = parsed(data)
    except FAILURES:
        raise ScreenPixelsError("This is no DICOM file, or it is cut short.") from None
    _refuse(found)
    try:
        frames = _frames(found, stored(found, with_unused_bits=True))
        return [Shown(gray, is_lossy(found)) for gray in frames]
    except FAILURES as error:
        raise _unreadable(found, error) from None


def is_lossy(found: Dataset) -> bool:
    """Whether the picture ever was compressed with loss, as far as the object says."""
    syntax = str(found.file_meta.get("TransferSyntaxUID", ""))
    said = str(found.get("LossyImageCompression") or "").strip()
    if syntax in _LOSSY or said == "01":
        return True
    return syntax in _PERHAPS_LOSSY and said != "00"


def _unreadable(found: Dataset, error: Exception) -> ScreenPixelsError:
    kind = f" ({name_of_syntax(found)})" if is_compressed(found) else ""
    return ScreenPixelsError(
        f"The pixels of the picture{kind} cannot be read: {damage(error)} Send it again, "
        "uncompressed if possible."
    )


def _refuse(found: Dataset) -> None:
    """Refuse what has no pixels, or far more than any screen, before it is decompressed."""
    rows, columns = _count(found, "Rows"), _count(found, "Columns")
    frames = _count(found, "NumberOfFrames", 1) or 1
    samples = _count(found, "SamplesPerPixel", 1)
    if "PixelData" not in found or not rows or not columns or not samples:
        raise ScreenPixelsError("The object has no picture.")
    if max(rows, columns) > LARGEST_SIDE or rows * columns * frames * samples > _MOST_PIXELS:
        raise ScreenPixelsError(
            f"The picture is too large to be a dose screen: {columns}×{rows} pixels"
            f"{f', {frames} frames' if frames > 1 else ''}."
        )
    if (
        str(found.file_meta.get("TransferSyntaxUID")) == _EXTENDED
        and _count(found, "BitsStored") > 8
    ):
        raise ScreenPixelsError(
            "The picture is compressed as JPEG with 12 bits, which cannot be read here. Have the "
            "scanner or the archive send it uncompressed."
        )
    if frames > MOST_FRAMES:
        raise ScreenPixelsError(
            f"The object has {frames} frames; a dose screen has {MOST_FRAMES} at most."
        )


def _count(found: Dataset, keyword: str, default: int = 0) -> int:
    try:
        value = found.get(keyword, default)
        return default if value is None else int(value)
    except FAILURES:
        return default


def _frames(found: Dataset, values: NDArray[Any]) -> Iterator[NDArray[np.uint8]]:
    frames = int(found.get("NumberOfFrames") or 1)
    shape = (frames, int(found.Rows), int(found.Columns))
    for number, frame in enumerate(values.reshape(*shape, -1)):
        gray = _gray(found, frame)
        yield burn_in(found, gray, frame[..., 0], number)


def _gray(found: Dataset, frame: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a frame of shape (rows, columns, samples) in gray."""
    interpretation = str(found.PhotometricInterpretation).strip()
    if interpretation == "PALETTE COLOR":
        frame = apply_color_lut(frame[..., 0], found)
    if frame.shape[-1] >= 3:
        most = 255.0 if frame.dtype == np.uint8 else float(np.iinfo(frame.dtype).max)
        return _byte(frame[..., :3].astype(np.float32) @ _LUMINANCE * np.float32(255 / most))
    gray = _monochrome(found, _cut(found, frame[..., 0]))
    inverse = str(found.get("PresentationLUTShape") or "").strip() == "INVERSE"
    return np.invert(gray) if interpretation == "MONOCHROME1" or inverse else gray


def _cut(found: Dataset, values: NDArray[Any]) -> NDArray[Any]:
    """Return the values without bits that are not of the picture, e.g. overlays (PS3.5 8.1.1)."""
    allocated, bits = int(found.BitsAllocated), int(found.BitsStored)
    lowest = int(found.get("HighBit", bits - 1)) - bits + 1
    if bits >= allocated or not 0 <= lowest <= allocated - bits:
        return values
    wide: NDArray[Any] = values.astype(np.int64) & (2**allocated - 1)
    wide = (wide >> (0 if is_compressed(found) else lowest)) & (2**bits - 1)
    if int(found.get("PixelRepresentation") or 0):
        wide = np.where(wide >= 2 ** (bits - 1), wide - 2**bits, wide)
    return wide


def _monochrome(found: Dataset, values: NDArray[Any]) -> NDArray[np.uint8]:
    bits, is_signed = int(found.BitsStored), int(found.get("PixelRepresentation") or 0)
    window = _window_of_one(found)
    slope = float(found.get("RescaleSlope") or 1)
    if window is None and bits <= 8 and not is_signed and "ModalityLUTSequence" not in found:
        shown = _byte(values.astype(np.float32) * np.float32(255 / (2**bits - 1)))
        return np.invert(shown) if slope < 0 else shown
    scaled = np.asarray(apply_modality_lut(values, found), np.float64)
    if window is not None:
        split = scaled > window - 0.5
        if split.any() and not split.all():
            return split.astype(np.uint8) * np.uint8(255)
    low, high = float(scaled.min()), float(scaled.max())
    if high <= low:
        return np.zeros(scaled.shape, np.uint8)
    return _byte(((scaled - low) * (255 / (high - low))).astype(np.float32))


def _window_of_one(found: Dataset) -> float | None:
    """Return the centre of a window of width 1 (PS3.3 C.11.2.1.2), else None."""
    widths, centres = _numbers(found, "WindowWidth"), _numbers(found, "WindowCenter")
    return centres[0] if centres and widths[:1] == [1.0] else None


def _numbers(found: Dataset, keyword: str) -> list[float]:
    value = found.get(keyword)
    if value is None:
        return []
    values = [value] if isinstance(value, str | float | int) else value
    return [float(one) for one in values]


def _byte(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
