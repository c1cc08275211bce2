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
    """"" (bars and box), `histogram`, `over-time`, `mass`, `thickness` (both scatter),
    `thickness-binned`, `violin`, `cumulative`, `funnel` or `control`."""

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
    """`system` or `item`: what stands on the axis. `system` makes a series for each system too."""
    bins: int = 20
    """2 to 40, for histograms."""
    common_bins: bool = True
    sort: str = "frequency"
    """`name`, `frequency` or `value`."""
    direction: str = "descending"
    acquisition_type: str = ""
    """`spiral`, `sequenced`, `stationary`, `localiser`, `free`, for CT acquisitions; several with
    commas between them."""
    split: str = ""
    """`physician`: a series for each; it comes in `Series.split`."""
    ignore_case: bool = False
    """Items that differ in upper and lower case are one, shown in the most frequent spelling."""
    fold_space: bool = False
    """White space around an item does not count, and any inside counts as one blank."""
    limit: float | None = None
    """In the unit of the chart: a funnel plot is of the share of cases above it, not of means."""


class Line(msgspec.Struct, omit_defaults=True, frozen=True):
    """A value to draw in, e.g. a reference level; in the unit of the chart."""

    value: float
    label: str
    item: str = ""
    """The item it holds for, "" for all."""


class Change(msgspec.Struct, omit_defaults=True, frozen=True):
    """Something that happened at a point of a control chart."""

    index: int
    """Of the first point after it."""
    day: str
    """Start of that period (ISO)."""
    before: float | None = None
    after: float | None = None
    """Medians of the points on both sides, of a change of level."""
    version_before: str = ""
    version_after: str = ""
    """Software versions that most cases of the periods were made with."""


class Control(msgspec.Struct, omit_defaults=True):
    """Limits and signals of the points of an item; the lists have the length of `points`."""

    points: list[float]
    """Geometric mean of the values of each period that are above 0."""
    centre: float
    lower: float
    upper: float
    outside: list[int]
    """Points at which a rule of Western Electric signals."""
    levels: list[Change]
    """Changes of level found in the points."""
    versions: list[Change]
    """Changes of the software version."""


class Funnel(msgspec.Struct, omit_defaults=True):
    """Limits of a funnel plot of one item, whose points are the systems."""

    item: str
    target: float
    """Mean, or share, of all cases."""
    n: list[float]
    """Numbers of cases for which the limits are given."""
    lower95: list[float]
    upper95: list[float]
    lower998: list[float]
    upper998: list[float]


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
    """Lower edge, upper edge, number: histogram; thickness bins with `means` and `medians`. The
    last edge of a histogram belongs to its bin; no other upper edge does. The upper edge of the
    last thickness bin is infinite (null in JSON)."""
    means: list[float | None] | None = None
    medians: list[float | None] | None = None
    points: list[tuple[str, int, float | None, float | None]] | None = None
    """First day of the period (ISO), number, mean, median: over time."""
    x: list[float] | None = None
    y: list[float] | None = None
    """Scatter: mass (kg) or thickness (mm), and value. Violin: value, and density (1/unit).
    Cumulative: value, and share of the cases that have at most this."""
    study_ids: list[int] | None = None
    """Of each point of a scatter; never leaves the site's own pages."""
    share: float | None = None
    """Funnel plot with `limit`: share of the cases above it."""
    control: Control | None = None


class Series(msgspec.Struct, omit_defaults=True):
    """The items of one system, or of all systems where the name is ""."""

    system: str
    items: list[Item]
    workload: list[list[int]] | None = None
    """Monday to Sunday x 24 hours."""
    split: str = ""
    """The physician, where the series are split by physician and there is one."""


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
    thinned: int = 0
    """Points of a scatter left out because there are too many to draw."""
    funnels: list[Funnel] | None = None
    lines: list[Line] | None = None
    """Those given to `compute` that hold for one of the items."""


catalogue: Registry[Chart] = Registry("chart")


def offer(modality: str, level: str, measure: str, forms: str = "plain") -> None:
    """Add the charts of a level and measure to the catalogue, one for each form.

    `plain` is the form without a name: bars and boxes, or the numbers of a frequency.
    """
    for form in forms.split():
        catalogue.add(Chart(modality, level, measure, "" if form == "plain" else form))
