"""What a site decides besides its studies: standard names, alert rules …, for the demo."""

from collections.abc import Callable
from typing import NamedTuple

from kerma.demo import extras
from kerma.registry import Registry, load_all


class Extra(NamedTuple):
    """Something the demo site is given once its studies are imported; harmless to repeat."""

    name: str
    order: int
    """Dose screens 5, standard names 10, reference levels 20, alert rules 30, exports 40."""
    give: Callable[[], None]


registry: Registry[Extra] = Registry("extra of the demo")


def give_all() -> None:
    """Give the site everything, in order."""
    load_all(extras)
    for one in sorted(registry, key=lambda extra: extra.order):
        one.give()
