"""One screen, as pixels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Picture(NamedTuple):
    """One screen."""

    gray: NDArray[np.uint8]
    """Shape (rows, columns); as it is shown, 255 is white."""
    is_lossy: bool = False
    """Whether it ever was compressed with loss, by its header or transfer syntax."""
