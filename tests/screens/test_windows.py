import numpy as np
import pytest
from scipy import ndimage

from kerma.screens.windows import all_around, any_around


@pytest.mark.parametrize("window", [(1, 1), (1, 13), (13, 1), (5, 5), (9, 3), (15, 15)])
@pytest.mark.parametrize("shape", [(40, 61), (7, 5), (1, 30)])
def test_windows_are_those_of_scipy_with_nothing_beyond_the_edge(window, shape):
    mask = np.random.default_rng(7).random(shape) < 0.1
    largest = ndimage.maximum_filter(mask, window, mode="constant", cval=False)
    assert np.array_equal(any_around(mask, *window), largest)
    smallest = ndimage.minimum_filter(~mask, window, mode="constant", cval=True)
    assert np.array_equal(all_around(~mask, *window), smallest)
