"""Measures of a section of the body in, points at equal distances round it out."""

import math
from typing import NamedTuple

import numpy as np

from kerma.dosimetry.skin.solids import Floats


class Outline(NamedTuple):
    """Points round a section: from the front over left, back and right, equally far apart."""

    points: Floats
    normals: Floats
    step: float


def stadium(flat: int, half: int) -> Outline:
    """Return a rectangle with two half-circles, whose points lie 1 cm apart; y = 0 at the back."""
    radius = half / math.pi
    across = np.arange(flat) + 0.5 - flat / 2
    angle = (np.arange(half) + 0.5) / half * math.pi
    around = np.column_stack([np.sin(angle), np.cos(angle)])
    front = np.column_stack([across, np.full(flat, 2 * radius)])
    left = around * radius + (flat / 2, radius)
    back = np.column_stack([-across, np.zeros(flat)])
    right = -around * radius + (-flat / 2, radius)
    ahead, behind = np.tile((0.0, 1.0), (flat, 1)), np.tile((0.0, -1.0), (flat, 1))
    points = np.concatenate([front, left, back, right])
    return Outline(points, np.concatenate([ahead, around, behind, -around]), 1.0)


def ellipse(half_width: float, half_depth: float) -> Outline:
    """Return points about 1 cm apart along an ellipse, from the front; y = 0 at its back."""
    fine = np.linspace(0, 2 * math.pi, 2001)
    x, y = half_width * np.sin(fine), half_depth * np.cos(fine)
    way = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    number = max(4, round(way[-1]))
    angle = np.interp((np.arange(number) + 0.5) / number * way[-1], way, fine)
    points = np.column_stack([half_width * np.sin(angle), half_depth * (1 + np.cos(angle))])
    normals = np.column_stack([half_depth * np.sin(angle), half_width * np.cos(angle)])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Outline(points, normals, way[-1] / number)


def moved(outline: Outline, x: float, y: float) -> Outline:
    """Return the outline with its middle, not its back, at a place."""
    middle = outline.points[:, 1].mean()
    return outline._replace(points=outline.points + np.array([x, y - middle]))
