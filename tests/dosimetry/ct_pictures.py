"""Axial CT images of simple bodies: their water-equivalent diameter is known from geometry."""

import numpy as np

AIR = -1000.0
SPACING_MM = 0.8
"""512 of them are 410 mm across."""


def picture(size=512, air=AIR):
    return np.full((size, size), air, dtype=np.float32)


def ellipse(image, width_mm, height_mm, hu, at_mm=(0.0, 0.0), spacing_mm=SPACING_MM):
    """Draw an ellipse, its edge softened over a pixel as an imaging system does."""
    rows, columns = image.shape
    y, x = np.mgrid[:rows, :columns].astype(float)
    x = (x - (columns - 1) / 2) * spacing_mm - at_mm[0]
    y = (y - (rows - 1) / 2) * spacing_mm - at_mm[1]
    radius = np.hypot(2 * x / width_mm, 2 * y / height_mm)
    beyond_mm = (radius - 1) * min(width_mm, height_mm) / 2
    share = np.clip(0.5 - beyond_mm / spacing_mm, 0, 1)
    return (image + share * (hu - image)).astype(np.float32)


def box(image, left_mm, right_mm, top_mm, bottom_mm, hu, spacing_mm=SPACING_MM):
    """Draw a rectangle, by its distances from the middle."""
    rows, columns = image.shape
    y, x = np.mgrid[:rows, :columns].astype(float)
    x = (x - (columns - 1) / 2) * spacing_mm
    y = (y - (rows - 1) / 2) * spacing_mm
    inside = (x > left_mm) & (x < right_mm) & (y > top_mm) & (y < bottom_mm)
    return np.where(inside, np.float32(hu), image)


def water(diameter_mm, **more):
    return ellipse(picture(), diameter_mm, diameter_mm, 0.0, **more)
