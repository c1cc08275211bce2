"""How the site is: every fact with a state, and what to do where it is not well.

`look` gathers the facts of all areas for the page, for monitoring programs and for `kerma check`.
"""

from kerma.health import areas as _areas
from kerma.health.base import Area, Fact, State, look, worst
from kerma.registry import load_all

load_all(_areas)

__all__ = ["Area", "Fact", "State", "look", "worst"]
