"""Typical values and levels of a year in, a report as PDF out."""

import io
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas

from kerma.query.reference_levels.compare import compare
from kerma.query.reference_levels.typical import Asked
from kerma.store.models import System


class Made(NamedTuple):
    """A report, and whose it is."""

    content: bytes
    system: str


def report(asked: Asked) -> Made:
    """Return the report of what is asked for."""
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 720, f"{len(compare(asked).rows)} rows")
    canvas.save()
    system = System.objects.filter(pk=asked.system).first()
    return Made(out.getvalue(), system.display_name if system else "")
