"""From the table on a dose screen, and the headers beside it, to the record of the study."""

from kerma.extract.screens.record import KIND, to_record

__all__ = ["KIND", "to_record"]
