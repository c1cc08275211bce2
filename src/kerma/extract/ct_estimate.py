"""What CT images say in, an estimate of the dose of their study out.

For each acquisition DLP = mean CTDIvol x length, with CTDIvol (0018,9345) from the images and the
length of the reconstructed range, first to last image with their thickness. Over-ranging of
spirals is not in it. Several reconstructions of an acquisition count once. What the headers leave
open is not guessed: then there is no estimate, and a sentence says why.
"""

from collections.abc import Iterable, Sequence
from math import fsum

from kerma.extract import ct_reconstructions
from kerma.extract.concepts.ct import ACQUISITION_TYPES
from kerma.extract.ct_image_facts import ImageFacts
from kerma.extract.ct_reconstructions import Acquisition, Stack
from kerma.extract.ct_tolerances import TOLERANCES
from kerma.records import CtEvent, CtSource
from kerma.records.base import Record

METHOD = (
    "Estimated from image headers: DLP = mean CTDIvol (0018,9345) x length of the reconstructed "
    "range; over-ranging is not included."
)

_TYPES = {
    "spiral": "Spiral Acquisition",
    "sequenced": "Sequenced Acquisition",
    "stationary": "Stationary Acquisition",
}
_CODES = {words: key.value for key, words in ACQUISITION_TYPES.items()}


class Estimate(Record, frozen=True):
    """The acquisitions that images were made from."""

    events: tuple[CtEvent, ...] = ()
    """In the order they were made; without irradiation event UID where the images give none."""
    keys: tuple[str, ...] = ()
    """Of each event, the same whatever the order of the images."""
    doubts: tuple[str, ...] = ()
    """Why the dose cannot be told; then the events are not all there is."""
    notes: tuple[str, ...] = ()
    """What was left out without doubt."""
    has_ctdivol: bool = False

    @property
    def dlp_mgycm(self) -> float:
        """The sum over the events."""
        return round(fsum(event.dlp_mgycm or 0.0 for event in self.events), 2)


def estimate(images: Iterable[ImageFacts]) -> Estimate:
    """Return what the images of one scanner in one study say of its dose."""
    every = list(images)
    used = [image for image in every if not why_not(image)]
    found = ct_reconstructions.acquisitions(used)
    doubts, told = list(found.doubts), []
    for acquisition in found.acquisitions:
        why = _doubt(acquisition)
        if why:
            doubts.append(f"{acquisition.name}: {why}")
        else:
            told.append(acquisition)
    return Estimate(
        events=tuple(_event(acquisition) for acquisition in told),
        keys=tuple(acquisition.key for acquisition in told),
        doubts=tuple(doubts),
        notes=_left_out(every),
        has_ctdivol=any(image.ctdivol_mgy for image in used),
    )


def why_not(image: ImageFacts) -> str:
    """Return why an image stands for no exposure of its own, "" if it does."""
    kind = (*image.kind, "", "", "")[:3]
    if "LOCALIZER" in image.kind or image.mode == "localiser":
        return "localisers"
    if kind[0] != "ORIGINAL" or kind[1] != "PRIMARY":
        return "derived images"
    if image.is_axial is False or kind[2] not in ("AXIAL", "VOLUME", "DYNAMIC"):
        return "reformats and others that are not axial"
    return ""


def _left_out(images: Sequence[ImageFacts]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for image in images:
        why = why_not(image)
        if why:
            counts[why] = counts.get(why, 0) + 1
    return tuple(f"{number} images are left out: {why}." for why, number in sorted(counts.items()))


def _doubt(found: Acquisition) -> str:
    """Return why the dose of an acquisition cannot be told, "" if it can."""
    for check in (_no_place, _no_ctdivol, _two_voltages, _repeated, _contradiction, _uneven):
        why = check(found)
        if why:
            return why
    return ""


def _no_place(found: Acquisition) -> str:
    images = found.images
    if any(image.z_mm is None or image.thickness_mm is None for image in images):
        return "position (0020,0032) or slice thickness (0018,0050) is missing, so no length."
    if len(found.main.images) < TOLERANCES["fewest_images"]:
        return "there is a single image, so no length can be told."
    return ""


def _no_ctdivol(found: Acquisition) -> str:
    values = [image.ctdivol_mgy for image in found.main.images]
    without = sum(not value for value in values)
    if without:
        return f"{without} of {len(values)} images give no CTDIvol (0018,9345)."
    largest = TOLERANCES["largest_ctdivol_mgy"]
    if any(value is not None and not 0 < value <= largest for value in values):
        return f"a CTDIvol is not between 0 and {largest:g} mGy."
    return ""


def _two_voltages(found: Acquisition) -> str:
    voltages = sorted({image.kvp for image in found.images if image.kvp})
    if len(voltages) > 1:
        said = " and ".join(f"{voltage:g}" for voltage in voltages)
        return f"images of {said} kV; whose CTDIvol is that of both together cannot be told."
    return ""


def _repeated(found: Acquisition) -> str:
    """Tell perfusion, bolus tracking and several phases of the heart from one pass."""
    if any(stack.repeats for stack in found.stacks) or found.main.mode == "stationary":
        return (
            "several images of different times at one place; whether their CTDIvol is that of one "
            "rotation or of all cannot be told."
        )
    return ""


def _contradiction(found: Acquisition) -> str:
    """Compare CTDIvol, and the phantom it is for, in the reconstructions."""
    ranges = [stack.ctdivol_range for stack in found.stacks if stack.ctdivol_range]
    low, high = max(one[0] for one in ranges), min(one[1] for one in ranges)
    if low > high * (1 + TOLERANCES["agree"]):
        return f"reconstructions of one acquisition give CTDIvol {high:g} and {low:g} mGy."
    phantoms = {image.phantom_code for image in found.images if image.phantom_code}
    return "images name different dosimetry phantoms." if len(phantoms) > 1 else ""


def _uneven(found: Acquisition) -> str:
    """Refuse gaps that are neither the interval of a sequence nor within a spiral."""
    gaps = found.main.gaps_mm
    if not gaps or found.main.mode == "spiral":
        return ""
    if found.main.mode != "sequenced":
        return "there are gaps between the slices, and no word whether the table moved through."
    if max(gaps) - min(gaps) > TOLERANCES["uneven"] * max(gaps):
        return "the gaps between the slices differ: images may be missing."
    return ""


def _length_mm(found: Acquisition) -> float:
    """Return the reconstructed range; of a sequence with gaps, the slices alone."""
    if found.main.gaps_mm and found.main.mode == "sequenced":
        return fsum(image.thickness_mm or 0.0 for image in found.main.at_each_place)
    return found.range_mm


def _event(found: Acquisition) -> CtEvent:
    length_mm, mean_mgy = round(_length_mm(found), 2), found.main.mean_ctdivol_mgy
    first = found.main.images[0]
    acquisition_type = _TYPES.get(found.main.mode, "")
    turn_s, kvp = found.one("rotation_s"), found.one("kvp")
    currents = [image.current_ma for image in found.main.images if image.current_ma]
    current = round(fsum(currents) / len(currents), 2) if currents else None
    highest = max(currents, default=None)
    source = CtSource(
        source_id="A",
        kvp=kvp,
        tube_current_ma=current,
        max_tube_current_ma=highest,
        rotation_time_s=turn_s,
    )
    return CtEvent(
        irradiation_event_uid=found.event_uid,
        date_time_started=min((i.started for i in found.images if i.started), default=""),
        acquisition_protocol=first.protocol or first.description,
        acquisition_type=acquisition_type,
        acquisition_type_code=_CODES.get(acquisition_type, ""),
        scanning_length_mm=length_mm,
        nominal_single_collimation_mm=found.one("single_mm"),
        nominal_total_collimation_mm=found.one("total_mm"),
        pitch=found.one("pitch"),
        number_of_xray_sources=None,
        kvp=kvp,
        tube_current_ma=current,
        max_tube_current_ma=highest,
        rotation_time_s=turn_s,
        sources=(source,) if source != CtSource(source_id="A") else (),
        ctdivol_mgy=round(mean_mgy, 3),
        dlp_mgycm=round(mean_mgy * length_mm / 10, 2),
        phantom_type=next((i.phantom for i in found.images if i.phantom_code), ""),
        phantom_type_code=next((i.phantom_code for i in found.images if i.phantom_code), ""),
        modulation_type=first.modulation,
        series_number=first.series_number,
        comment=_comment(found.stacks, found.main),
    )


def _comment(stacks: Sequence[Stack], main: Stack) -> str:
    """Return what the estimate of an event rests on."""
    low, high = main.ctdivol_range or (0.0, 0.0)
    values = f"{low:g} mGy" if low == high else f"{low:g} to {high:g} mGy"
    others = "" if len(stacks) == 1 else f", one of {len(stacks)} reconstructions"
    return f"{METHOD} CTDIvol {values} in {len(main.images)} images of {main.name}{others}."
