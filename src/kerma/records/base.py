"""The one way all records are made: frozen, keyword-only, unset fields left out of the JSON."""

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of every record. `None` and "" mean "the object does not say", never zero."""
