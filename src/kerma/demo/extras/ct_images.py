"""Images of a few CT studies whose reports give no size, so that it is measured in them."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from kerma.demo import extra, institutions
from kerma.demo.extra import Extra
from kerma.demo.objects import ct_image
from kerma.pipeline import ct_size
from kerma.pipeline.find import Arrival
from kerma.pipeline.ingest import ingest
from kerma.store import options
from kerma.store.models import CtEvent

_STUDIES = 4
_LUNGS = (0.6, 0.85, 1.0, 1.0, 0.85)
"""How large the lungs are in the images of one scan, from top to bottom."""
_FIELD_MM = 450.0
_SMALL_FIELD_MM = 330.0
"""For the last scan, so that one sees a patient who is cut off."""


def _give() -> None:
    options.put(ct_size.OPTION, True)
    with TemporaryDirectory(prefix="kerma-demo-") as folder:
        path = Path(folder) / "image.dcm"
        for data in _images():
            path.write_bytes(data)
            ingest(Arrival(str(path)))


def _images() -> Iterator[bytes]:
    scans = list(
        CtEvent.objects.filter(
            study__institution__in=institutions(),
            target_region="Chest",
            water_equivalent_diameter_mm=None,
            dlp_mgycm__gt=50,
        )
        .select_related("study")
        .order_by("-study__date_time", "pk")[:_STUDIES]
    )
    for scan in scans:
        width_mm = 340 * ((scan.study.weight_kg or 75.0) / 75) ** 0.4
        field_mm = _SMALL_FIELD_MM if scan is scans[-1] and len(scans) > 1 else _FIELD_MM
        for number, lungs in enumerate(_LUNGS, 1):
            section = ct_image.chest(width_mm, lungs, field_mm)
            yield ct_image.file_of(
                scan.study.study_instance_uid,
                scan.irradiation_event_uid,
                number,
                section,
                field_mm,
            )


extra.registry.add(Extra("ct-images", 12, _give))
