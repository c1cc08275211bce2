"""What a chart is, what one may ask of it, and the numbers that come back."""

from typing import NamedTuple

import msgspec

from kerma.registry import Registry


class Chart(NamedTuple):
    """One chart of the catalogue; its name is `<modality>-<level>-<measure>[-<form>]`."""

    modality: str
    """CT, RF, DX, MG or NM."""
    level: str
    """`acquisition`, `study`, `request`, `standard-study` or `standard-acquisition`: the item."""
    measure: str
    """`frequency`, `dlp` … as the command line names them."""
    form: str = ""
    """"" (bars and box), `histogram`, `over-time`, `mass`, `thickness`, `thickness-binned` …"""

    @property
    def name(self) -> str:
        """Return the name by which pages and commands know it."""
        parts = (self.modality.lower(), self.level, self.measure, self.form)
        return "-".join(part for part in parts if part)


class Options(NamedTuple):
    """What a user may choose of every chart; read from pairs of name and text."""

    average: str = "median"
    """`mean`, `median` or `box`."""
    period: str = "month"
    """`day`, `week`, `month`, `quarter` or `year`."""
    per_system: bool = False
    """A series for each system."""
    group_by: str = "item"
    """`system` or `item`: what stands on the axis."""
    bins: int = 20
    """2 to 40, for histograms."""
    common_bins: bool = True
    sort: str = "frequency"
    """`name`, `frequency` or `value`."""
    direction: str = "descending"
    acquisition_type: str = ""
    """`spiral`, `sequenced`, `stationary`, `localiser`, for CT acquisitions."""
    split: str = ""
    """`physician`, for fluoroscopy."""
    ignore_case: bool = False
    fold_space: bool = False


class Item(msgspec.Struct, omit_defaults=True):
    """What one category comes to; which fields are filled depends on the form."""

    item: str
    count: int = 0
    mean: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    min: float | None = None
    max: float | None = None
    bins: list[tuple[float, float, int]] | None = None
    """Lower edge, upper edge, number: histogram; thickness bins with `means` and `medians`."""
    points: list[tuple[str, int, float | None, float | None]] | None = None
    """First day of the period (ISO), number, mean, median: over time."""
    x: list[float] | None = None
    y: list[float] | None = None
    study_ids: list[int] | None = None
    """Of each point of a scatter; never leaves the site's own pages."""


class Series(msgspec.Struct, omit_defaults=True):
    """The items of one system, or of all systems where the name is ""."""

    system: str
    items: list[Item]
    workload: list[list[int]] | None = None
    """Monday to Sunday x 24 hours."""


class Result(msgspec.Struct, omit_defaults=True):
    """The numbers behind one chart."""

    name: str
    level: str
    measure: str
    kind: str
    unit: str
    series: list[Series]
    cases: int = 0
    """Studies or events that count."""
    without: int = 0
    """Those left out because they have no value, or no item."""
    cut: int = 0
    """Items left out because there are too many to draw; the table and the file have them."""


catalogue: Registry[Chart] = Registry("chart")
