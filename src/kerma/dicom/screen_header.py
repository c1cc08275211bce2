"""The header of an object in, whether it may be a picture of a CT scanner's dose screen out.

How each is known: GE sends "Dose Report" as series 999, with image type SCREEN SAVE; Siemens sends
"Patient Protocol" as series 501, with an image type that begins with CT_SOM and ends with PROT;
Toshiba and Canon send secondary captures into the CT study; Philips sends image type DOSE_INFO, and
where its header holds the doses as well, these are read (`kerma.extract.sources.philips_ct`) and
the picture is not. None of this is certain: the words on the picture decide.
"""

import re

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet

_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
_ENHANCED_CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2.1"
_CAPTURES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.7",
        "1.2.840.10008.5.1.4.1.1.7.1",
        "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.3",
        "1.2.840.10008.5.1.4.1.1.7.4",
    )
)
"""Secondary captures, of one and of several frames."""
_MAKERS = (
    ("ge", re.compile(r"ge\b|.*general electric")),
    ("siemens", re.compile(r".*siemens")),
    ("toshiba", re.compile(r".*(?:toshiba|canon)")),
    ("philips", re.compile(r".*(?:philips|marconi|elscint|picker)")),
)
_SAYS_DOSE = re.compile(
    r"\bdos(?:e|is)[ _-]*(?:report|info|record|summary|sheet|bericht|protokoll)"
    r"|\bexam[ _-]*dose"
    r"|\bpatient(?:en)?[ _-]*proto[ck]ol"
    r"|\bprotocol(?:e|o|lo)[ _]+(?:d\w+[ _]+)?pa(?:tient|ciente|ziente)"
)
"""Series descriptions of dose screens in the languages of the consoles."""
_NO_SCREEN = re.compile(r"\b(?:3d|mpr|mip|vr|vrt|volume render|fusion|key ?image|scout|bolus)")
"""Series descriptions of captures that people make while reading images."""


def is_screen(header: DataSet) -> bool:
    """Whether it is worth looking for a dose table on the picture of this object."""
    maker = _maker(header)
    if not maker or not _is_ct_picture(header) or header.items(tags.ExposureDoseSequence):
        return False
    if _says_dose(header):
        return not _has_private_dlp(header)
    return _BY_MAKER[maker](header)


def names_dose(header: DataSet) -> bool:
    """Whether the header says that the picture is a dose screen, by its series or image type."""
    return _says_dose(header) or (_maker(header) == "siemens" and _is_siemens(header))


def makes_screens(header: DataSet) -> bool:
    """Whether scanners of this maker send dose screens that are known."""
    return bool(_maker(header))


def says_dose(series_description: str) -> bool:
    """Whether a series is called what series of dose screens are called."""
    return bool(_SAYS_DOSE.search(series_description.casefold()))


def is_companion(header: DataSet) -> bool:
    """Whether it is an image of the patient whose header may add to a dose screen of its study.

    Original images, localisers among them; what was made of other images says nothing of the scan.
    """
    if header.first(tags.SOPClassUID) not in (_CT_IMAGE, _ENHANCED_CT_IMAGE):
        return False
    kind = [value.upper() for value in header.strings(tags.ImageType)]
    return kind[:1] != ["DERIVED"] and "SECONDARY" not in kind[:2] and not is_screen(header)


def _is_ct_picture(header: DataSet) -> bool:
    """Whether the object is a picture from a CT study, and no axial image of a patient."""
    if tags.Rows not in header:
        return False
    sop_class, modality = header.first(tags.SOPClassUID), header.first(tags.Modality).upper()
    if sop_class == _CT_IMAGE:
        return tags.ImagePositionPatient not in header or _says_dose(header)
    return sop_class in _CAPTURES and (modality == "CT" or _says_dose(header))


def _maker(header: DataSet) -> str:
    name = header.text(tags.Manufacturer).casefold()
    return next((maker for maker, pattern in _MAKERS if pattern.match(name)), "")


def _says_dose(header: DataSet) -> bool:
    if "DOSE_INFO" in (value.upper() for value in header.strings(tags.ImageType)):
        return True
    return says_dose(header.text(tags.SeriesDescription))


def _kind(header: DataSet) -> str:
    return header.text(tags.ImageType).upper()


def _is_ge(header: DataSet) -> bool:
    """Series 999, or a screen save that nobody described as something else."""
    if header.integer(tags.SeriesNumber) == 999:
        return True
    description = header.text(tags.SeriesDescription).casefold()
    return "SCREEN SAVE" in _kind(header) and description in ("", "screen save")


def _is_siemens(header: DataSet) -> bool:
    kind = _kind(header)
    is_protocol = "CT_SOM" in kind and "PROT" in kind
    return is_protocol or header.integer(tags.SeriesNumber) == 501


def _is_toshiba(header: DataSet) -> bool:
    is_capture = header.first(tags.SOPClassUID) in _CAPTURES
    description = header.text(tags.SeriesDescription).casefold()
    return is_capture and not _NO_SCREEN.search(description)


def _is_philips(header: DataSet) -> bool:
    """Without words of dose in its header, no picture of Philips is known to be one."""
    return False


_BY_MAKER = {
    "ge": _is_ge,
    "siemens": _is_siemens,
    "toshiba": _is_toshiba,
    "philips": _is_philips,
}


def _has_private_dlp(header: DataSet) -> bool:
    """Whether the total DLP is in the header, as Philips has it (00E1,xx21 of ELSCINT1)."""
    for block in range(0x10, 0x20):
        creator = 0x00E10000 | block
        if creator in header and header.first(creator) == "ELSCINT1":
            return bool(header.text(0x00E10000 | block << 8 | 0x21))
    return False
