"""What happens to a screen between the scanner and Kerma: compression, handling, wrong contents."""

import io
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kerma.screens.picture import Picture

Gray = NDArray[np.uint8]


class Kind(NamedTuple):
    """One way to damage pictures."""

    do: Callable[[Gray, random.Random], Gray]
    is_lossy: bool = False
    """Whether the header says so."""
    moves: bool = False
    """Whether letters are no longer where they were drawn."""


def jpeg(quality: int) -> Callable[[Gray, random.Random], Gray]:
    """Return a compression with JPEG baseline."""

    def do(gray: Gray, chance: random.Random) -> Gray:
        return _through(gray, "JPEG", quality=quality)

    return do


def jpeg2000(ratio: int) -> Callable[[Gray, random.Random], Gray]:
    """Return a lossy compression with JPEG 2000 to one in `ratio`."""

    def do(gray: Gray, chance: random.Random) -> Gray:
        options = {"quality_mode": "rates", "quality_layers": [ratio], "irreversible": True}
        return _through(gray, "JPEG2000", **options)

    return do


def _through(gray: Gray, format_: str, **options: object) -> Gray:
    stream = io.BytesIO()
    Image.fromarray(gray).save(stream, format_, **options)
    return np.array(Image.open(stream).convert("L"))


def _same(gray: Gray, chance: random.Random) -> Gray:
    return gray


def _inverse(gray: Gray, chance: random.Random) -> Gray:
    return np.uint8(255) - gray


def _window(gray: Gray, chance: random.Random) -> Gray:
    """Another brightness and contrast, as a workstation that saves what it shows."""
    low, high = chance.randint(0, 80), chance.randint(150, 255)
    return np.rint(low + gray.astype(np.float32) * (high - low) / 255).astype(np.uint8)


def _turned(gray: Gray, chance: random.Random) -> Gray:
    return np.ascontiguousarray(np.rot90(gray, chance.choice((1, 2, 3))))


def _mirrored(gray: Gray, chance: random.Random) -> Gray:
    return np.ascontiguousarray(gray[:, ::-1])


def _tilted(gray: Gray, chance: random.Random) -> Gray:
    angle = chance.choice((-1, 1)) * chance.uniform(0.3, 4)
    return np.array(Image.fromarray(gray).rotate(angle, Image.Resampling.BICUBIC))


def _scaled(gray: Gray, chance: random.Random) -> Gray:
    factor = chance.choice((0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0))
    ways = (Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)
    size = (round(gray.shape[1] * factor), round(gray.shape[0] * factor))
    return np.array(Image.fromarray(gray).resize(size, chance.choice(ways)))


def _cropped(gray: Gray, chance: random.Random) -> Gray:
    """Cut some of the text off at one side."""
    used = np.argwhere(gray != gray[-1, -1])
    (top, left), (bottom, right) = used.min(axis=0), used.max(axis=0)
    side = chance.randrange(4)
    if side < 2:
        column = round(left + chance.uniform(0.1, 0.9) * (right - left))
        return np.ascontiguousarray(gray[:, column:] if side else gray[:, :column])
    row = round(top + chance.uniform(0.1, 0.9) * (bottom - top))
    return np.ascontiguousarray(gray[row:] if side == 2 else gray[:row])


def _noisy(gray: Gray, chance: random.Random) -> Gray:
    noise = np.random.default_rng(chance.getrandbits(32)).normal(
        0, chance.uniform(2, 25), gray.shape
    )
    return np.clip(gray + noise, 0, 255).astype(np.uint8)


def _scratched(gray: Gray, chance: random.Random) -> Gray:
    """Thin lines in the colour of the ground: they take pixels from letters."""
    changed = gray.copy()
    ground = np.bincount(gray.ravel()).argmax()
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.5:
            changed[chance.randrange(gray.shape[0] // 2)] = ground
        else:
            changed[:, chance.randrange(gray.shape[1])] = ground
    return changed


def _speckled(gray: Gray, chance: random.Random) -> Gray:
    """Single pixels in the colour of the text."""
    changed = gray.copy()
    text = 255 - int(np.bincount(gray.ravel()).argmax())
    for _ in range(chance.randint(5, 200)):
        changed[chance.randrange(gray.shape[0]), chance.randrange(gray.shape[1])] = text
    return changed


def _shifted(gray: Gray, chance: random.Random) -> Gray:
    """Half a pixel aside, as an enlargement and a reduction leave it."""
    soft = (gray[:, 1:].astype(np.uint16) + gray[:, :-1] + 1) // 2
    return soft.astype(np.uint8)


LOSSLESS = "lossless"
KINDS = {
    LOSSLESS: Kind(_same),
    **{f"JPEG {q}": Kind(jpeg(q), is_lossy=True) for q in (95, 90, 85, 80, 75, 60, 50)},
    **{f"JPEG {q}, not said": Kind(jpeg(q)) for q in (90, 75)},
    **{f"JPEG 2000 1:{r}": Kind(jpeg2000(r), is_lossy=True) for r in (10, 20, 40)},
    "inverse": Kind(_inverse),
    "other window": Kind(_window),
    "turned": Kind(_turned, moves=True),
    "mirrored": Kind(_mirrored, moves=True),
    "tilted": Kind(_tilted, moves=True),
    "tilted, said lossy": Kind(_tilted, is_lossy=True, moves=True),
    "scaled": Kind(_scaled, moves=True),
    "scaled, said lossy": Kind(_scaled, is_lossy=True, moves=True),
    "cropped": Kind(_cropped, moves=True),
    "noisy": Kind(_noisy),
    "noisy, said lossy": Kind(_noisy, is_lossy=True),
    "scratched": Kind(_scratched),
    "scratched, said lossy": Kind(_scratched, is_lossy=True),
    "speckled": Kind(_speckled),
    "soft": Kind(_shifted, is_lossy=True, moves=True),
}
"""What is done to the pixels."""


def _usual() -> dict[str, float]:
    """Return how often each is drawn; screens without loss and JPEG are the aims."""
    rare = dict.fromkeys(KINDS, 1.0)
    often = {name: 3.0 for name in KINDS if name.startswith("JPEG ")}
    return rare | often | {LOSSLESS: 22.0}


WEIGHTS = _usual()


def damaged(pictures: Sequence[Gray], kind: str, chance: random.Random) -> list[Picture]:
    """Return the pictures as they arrive."""
    one = KINDS[kind]
    return [Picture(one.do(gray, chance), one.is_lossy) for gray in pictures]
