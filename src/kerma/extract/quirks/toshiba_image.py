"""What Toshiba (Canon) radiography systems write in image headers in a way of their own."""

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Quirk, quirks

_MODALITIES = frozenset(("CR", "DX"))


def _protocol_in_comments(found: DoseObject) -> bool:
    return (
        found.modality in _MODALITIES
        and found.manufacturer.upper().startswith(("TOSHIBA", "CANON"))
        and "RADREX" in found.model.upper()
        and not found.header.text(tags.ProtocolName)
        and bool(found.header.text(tags.ImageComments))
    )


def _take_comments_as_protocol(found: DoseObject) -> None:
    found.header.put(tags.ProtocolName, found.header.text(tags.ImageComments))


quirks.add(
    Quirk(
        name="toshiba-radrex-protocol-in-image-comments",
        evidence=(
            "Radrex rooms keep the name of the acquisition protocol in Image Comments "
            "(0020,4000) and leave Protocol Name (0018,1030) out: users' report, OpenREM issue 482"
        ),
        applies=_protocol_in_comments,
        repair=_take_comments_as_protocol,
    )
)
