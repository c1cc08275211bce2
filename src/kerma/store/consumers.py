"""Who wants the objects that arrive: dose is only the first.

A consumer sees a header and says whether it wants the object, and takes it if so. The pipeline
asks them in order; the ledger keeps what each did (`kerma.store.ledger`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from kerma.registry import Registry
from kerma.store.arrival import ObjectFacts, Saved


class Consumer(NamedTuple):
    """One user of arriving objects."""

    name: str
    wants: Callable[[Any], bool]
    """Given the header of an object (SOP class, modality …), whether to hand it over."""
    take: Callable[[Any, ObjectFacts], Saved]
    """Given the object and its facts, do the work; raises a `KermaError` where it must refuse."""
    order: int = 100
    """Those with smaller numbers are asked first."""


consumers: Registry[Consumer] = Registry("consumer")
add = consumers.add


def in_order() -> list[Consumer]:
    """Return the consumers in the order to ask them: dose first."""
    return sorted(consumers, key=lambda consumer: (consumer.order, consumer.name))
