"""Studies of all modalities with values by chance, some of them missing, for tests of charts."""

import random
from typing import Any

from kerma.records import Administration, Patient, Totals
from tests.query.hospital import ct_event, exposure, store

TYPES = (
    "Spiral Acquisition", "Sequenced Acquisition", "Stationary Acquisition",
    "Constant Angle Acquisition", "",
)  # fmt: skip


def store_some(modality: str, number: int, seed: int = 1) -> None:
    """Store studies of one modality."""
    chance = random.Random(seed)
    for place in range(number):
        store_one(modality, f"1.3.{seed}.{modality}.{place}", chance)


def store_one(modality: str, uid: str, chance: random.Random, **given: Any) -> int:
    """Store one study; return its id."""
    events = tuple(_event(modality, chance) for _ in range(chance.randint(0, 5)))
    header = {
        "day": chance.choice(("", f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                              f"2026-0{chance.randint(1, 9)}-{chance.randint(10, 28)}")),
        "time": chance.choice(("", f"{chance.randint(0, 23):02}:30:00")),
        "room": chance.choice(("Room 1", "room 2", "Zimmer Ü")),
        "study_description": chance.choice(("Head", "HEAD", "Thorax  low", "Thorax low", "")),
        "requested_procedure": chance.choice(("", "Chest", "chest ", "Skull")),
        "performing_physician": chance.choice(("", "Grey^Ann", "Who^Doc")),
    }  # fmt: skip
    return store(
        uid,
        modality,
        patient=Patient(weight_kg=_maybe(chance, 80), age_years=_maybe(chance, 50)),
        totals=_totals(modality, chance),
        events=events,
        kind="NM RRDSR" if modality == "NM" else "",
        **(header | given),
    )


def _maybe(chance: random.Random, scale: float) -> float | None:
    """Return a positive number, often the same as another, or none."""
    if chance.random() < 0.15:
        return None
    return round(chance.lognormvariate(0, 0.6) * scale, 1)


def _totals(modality: str, chance: random.Random) -> Totals:
    if modality == "CT":
        return Totals(dlp_mgycm=_maybe(chance, 400))
    if modality == "NM":
        return Totals(administered_activity_mbq=_maybe(chance, 300))
    if modality == "MG":
        return Totals(agd_left_mgy=_maybe(chance, 2), agd_right_mgy=_maybe(chance, 2))
    dap = _maybe(chance, 300)
    return Totals(
        dap_gym2=None if dap is None else dap * 1e-6,
        rp_dose_gy=_maybe(chance, 1),
        fluoro_time_s=_maybe(chance, 100),
    )


def _event(modality: str, chance: random.Random) -> Any:
    protocol = chance.choice(("Routine", "ROUTINE", "Angio 3 mm", "Angio  3 mm ", ""))
    if modality == "NM":
        return Administration(
            administration_event_uid=f"1.8.{chance.randrange(10**9)}",
            administered_activity_mbq=_maybe(chance, 300),
        )
    if modality == "CT":
        return ct_event(
            chance.choice(TYPES), acquisition_protocol=protocol, dlp_mgycm=_maybe(chance, 200),
            ctdivol_mgy=_maybe(chance, 10),
        )  # fmt: skip
    dap = _maybe(chance, 50)
    return exposure(
        chance.choice(("Fluoroscopy", "Stationary Acquisition")),
        acquisition_protocol=protocol,
        dap_gym2=None if dap is None else dap * 1e-6,
        rp_dose_gy=_maybe(chance, 0.1),
        irradiation_duration_s=_maybe(chance, 9),
        exposure_mas=_maybe(chance, 20),
        kvp=_maybe(chance, 80),
        agd_mgy=_maybe(chance, 1.5),
        compressed_thickness_mm=_maybe(chance, 50),
        laterality=chance.choice(("Left", "Right")),
    )
