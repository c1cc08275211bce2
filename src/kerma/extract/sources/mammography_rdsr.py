"""Projection X-ray dose reports of mammography and breast tomosynthesis (TID 10001, 10005)."""

from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.projection import is_mammography, is_projection_report, record_of
from kerma.records import StudyRecord


def _accepts(found: DoseObject) -> bool:
    return is_projection_report(found) and is_mammography(found.root)


def _read(found: DoseObject) -> StudyRecord:
    return record_of(found, "MG")


sources.add(Source("mammography_rdsr", _accepts, _read))
