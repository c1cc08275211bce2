"""Charts: a catalogue of what can be drawn, and the numbers behind each."""

from kerma.charts.engine import NoChart, charts_of, compute, find
from kerma.charts.options import OptionError, read_options
from kerma.charts.values import title

__all__ = ["NoChart", "OptionError", "charts_of", "compute", "find", "read_options", "title"]
