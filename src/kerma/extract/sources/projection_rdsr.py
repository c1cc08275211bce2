"""Projection X-ray dose reports of fluoroscopy, angiography and radiography (TID 10001)."""

from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.projection import is_mammography, is_projection_report, record_of


def _accepts(found: DoseObject) -> bool:
    return is_projection_report(found) and not is_mammography(found.root)


sources.add(Source("projection_rdsr", _accepts, record_of))
