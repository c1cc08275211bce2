"""Reference levels: published sets, the site's own, what is typical here, and how they compare."""

from kerma.query.reference_levels.lookup import Line, Reference, level_for, levels_for, lines_for

__all__ = ["Line", "Reference", "level_for", "levels_for", "lines_for"]
