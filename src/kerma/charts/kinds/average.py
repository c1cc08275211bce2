"""Mean, median, quartiles, least and greatest value of each item: bars and boxes."""

from kerma.charts.base import Series
from kerma.charts.kind import Asked, Kind, kinds


def _series(asked: Asked) -> list[Series]:
    return asked.series(item for _, item, _ in asked.items())


kinds.add(Kind("average", _series))
