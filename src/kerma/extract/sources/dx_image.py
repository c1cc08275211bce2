"""Radiographs: computed, digital, intra-oral and panoramic ones (PS3.3 A.2, A.26, A.28)."""

from msgspec.structs import replace

from kerma.errors import NoDose
from kerma.extract import header
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.image_header import ImageHeader, private_text
from kerma.extract.images import (
    exposure,
    is_original_of_no_class,
    says_something_of_dose,
)
from kerma.records import StudyRecord, Totals

_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.1",  # Computed Radiography
        "1.2.840.10008.5.1.4.1.1.1.1",  # Digital X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.1.1.1",  # Digital X-Ray, for processing
        "1.2.840.10008.5.1.4.1.1.1.3",  # Digital Intra-Oral X-Ray, for presentation
        "1.2.840.10008.5.1.4.1.1.1.3.1",  # Digital Intra-Oral X-Ray, for processing
    )
)
_MODALITIES = frozenset(("CR", "DX", "PX", "IO", "RG"))

_VENDOR_VALUES = {
    ("GEMS_GDXE_FALCON_04", 0x00110033): "detected_exposure_index",
    ("GEMS_GDXE_FALCON_04", 0x00110034): "compensated_detector_exposure",
    ("GEMS_GDXE_FALCON_04", 0x00110035): "uncompensated_detector_exposure",
    ("GEMS_GDXE_FALCON_04", 0x00110037): "exposure_index_limits",
    ("AGFA", 0x00190015): "dose_monitoring_list",
    ("AGFA", 0x0019001A): "clipped_exposure_deviation",
    ("Agfa ADC NX", 0x001900F6): "plate_sensitivity",
    ("DIDI TO PCR 1.1", 0x00190089): "exposure_index",
    ("DIDI TO PCR 1.1", 0x0019008E): "acquired_sensitivity",
    ("FDMS 1.0", 0x00190081): "reading_sensitivity_center",
    ("FDMS 1.0", 0x00190032): "menu_name",
    ("Siemens: Thorax/Multix FD Lab Settings", 0x00190002): "total_area_dose_product",
    ("SIEMENS DLR.01", 0x00190022): "sensitivity",
    ("SVISION", 0x001900B0): "dose_indicator",
}
"""Private elements that bear on dose; without a documented unit they stay as they are."""


def _accepts(found: DoseObject) -> bool:
    if found.is_report or found.modality == "MG":
        return False
    if found.sop_class in _CLASSES:
        return True
    return found.modality in _MODALITIES and is_original_of_no_class(found)


def _read(found: DoseObject) -> StudyRecord:
    image = ImageHeader(found.header)
    event = replace(exposure(image), vendor_private=private_text(found.header, _VENDOR_VALUES))
    if not says_something_of_dose(event):
        raise NoDose(f"This {found.modality or 'radiographic'} image carries no dose values.")
    return StudyRecord(
        kind="DX image",
        modality="DX",
        manufacturer=found.manufacturer,
        model=found.model,
        study=header.study_header(found.header),
        device=header.device(found.header),
        patient=header.patient(found.header),
        totals=Totals(events=1, dap_gym2=event.dap_gym2),
        events=(event,),
    )


sources.add(Source("dx_image", _accepts, _read))
