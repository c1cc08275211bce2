"""Skin dose maps: how long they take, and the same physics beside PySkinDose and openSkin.

    python bench/skin_dose.py [--pyskindose PYTHON] [--openskin PYTHON] [--events 500]

The peers run in Pythons of their own: PYTHON is one into which `pip install pyskindose` or
`pip install openrem==1.0.0b3` has put them; without it, such a one is made in a temporary folder.
`--without` leaves the peers out. All times are those of the processor.

1. Kerma's map of a study of so many events, at cells of 1 cm, on both bodies.
2. PySkinDose on its own example report, and Kerma on the same cells with the same factors switched
   on: the highest dose must agree within 5 %. Then both on the report repeated to so many events.
3. openSkin on a few events of a study, the time scaled to so many events.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from kerma.dosimetry.skin.beams import beams
from kerma.dosimetry.skin.body import KINDS, Skin
from kerma.dosimetry.skin.calculate import Patient, skin_dose
from kerma.dosimetry.skin.engine import dose_map, irradiate
from kerma.dosimetry.skin.factors import Switches, factors
from kerma.dosimetry.skin.geometry import Geometry
from kerma.dosimetry.skin.position import place
from kerma.dosimetry.skin.solids import Floats, Frustum
from kerma.records import Filter, ProjectionEvent

DRIVER = Path(__file__).with_name("skin_peer_driver.py")
GEOMETRY = Geometry(manufacturer="", model="", state="plausible", crown_cm=5.0)
THEIRS = Geometry(
    manufacturer="", model="", state="plausible", crown_cm=0.0, secondary_sign=-1,
    table_width_cm=45.0, table_length_cm=281.5,
)  # fmt: skip
"""As PySkinDose places things; its secondary angle moves the tube the other way."""

SAME = Switches(oblique_table=False, table_transmission=0.8, shadows=False)
OPENSKIN_EVENTS = 6


class Peer(NamedTuple):
    """What PySkinDose found."""

    seconds: float
    points: Floats
    normals: Floats
    doses_gy: Floats
    events: list[ProjectionEvent]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyskindose", metavar="PYTHON")
    parser.add_argument("--openskin", metavar="PYTHON")
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--without", action="store_true", help="no peers")
    given = parser.parse_args()
    study = made_up(given.events)
    for kind in KINDS:
        seconds = quickest(lambda kind=kind: skin_dose(study, Patient(), GEOMETRY, kind=kind))
        print(f"Kerma, {kind}, {given.events} events at 1 cm: {seconds:.3f} s (aim: under 0.5 s)")
    if given.without:
        return
    with tempfile.TemporaryDirectory() as folder:
        beside_pyskindose(given.pyskindose or made(folder, "pyskindose"), given.events, folder)
        beside_openskin(given.openskin or made(folder, "openrem==1.0.0b3"), study, folder)


def made_up(number: int) -> list[ProjectionEvent]:
    """Return events with every one its own angles, table position and field."""
    chance = np.random.default_rng(1)
    return [
        ProjectionEvent(
            primary_angle_deg=float(chance.uniform(-50, 50)),
            secondary_angle_deg=float(chance.uniform(-30, 30)),
            source_to_isocenter_mm=785.0,
            source_to_detector_mm=1100.0,
            table_longitudinal_mm=float(chance.normal(0, 40)),
            table_lateral_mm=float(chance.normal(500, 60)),
            table_height_mm=float(chance.normal(150, 20)),
            rp_dose_gy=0.004,
            dap_gym2=0.004 * float(chance.uniform(0.06, 0.14)) ** 2,
            kvp=float(chance.uniform(60, 110)),
            filters=(Filter(material="Copper", thickness_min_mm=0.3, thickness_max_mm=0.3),),
        )
        for _ in range(number)
    ]


def quickest(work: Any, times: int = 5) -> float:
    """Return the shortest processor time of several runs."""
    found = []
    for _ in range(times):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def beside_pyskindose(python: str, number: int, folder: str) -> None:
    """Compare doses on the example report, and times on it repeated."""
    one = run_pyskindose(python, 0, folder)
    mine = on_their_cells(one)
    ratio = mine.max() / one.doses_gy.max()
    both = (mine > 0) & (one.doses_gy > 0)
    spread = np.percentile(mine[both] / one.doses_gy[both], [5, 50, 95])
    print(f"PySkinDose, {len(one.events)} events: peak {one.doses_gy.max() * 1e3:.3f} mGy, Kerma "
          f"{mine.max() * 1e3:.3f} mGy: ratio {ratio:.3f} (aim: within 5 %); ratio of all cells "
          f"{spread[0]:.3f} to {spread[2]:.3f}, median {spread[1]:.3f}")  # fmt: skip
    many = run_pyskindose(python, number, folder)
    seconds = quickest(lambda: on_their_cells(many))
    print(f"PySkinDose, {number} events on {len(many.points)} cells: {many.seconds:.2f} s, Kerma "
          f"{seconds:.3f} s: {many.seconds / seconds:.0f} times as fast (aim: 10)")  # fmt: skip


def beside_openskin(python: str, study: list[ProjectionEvent], folder: str) -> None:
    """Compare times: openSkin's for an event is that of a few, for it takes minutes."""
    views = [
        {
            "delta_x": (event.table_longitudinal_mm or 0) / 10,
            "delta_y": (event.table_lateral_mm or 0) / 10,
            "delta_z": (event.table_height_mm or 0) / 10,
            "angle_x": event.primary_angle_deg,
            "angle_y": event.secondary_angle_deg,
            "d_ref": 63.5,
            "dap": event.dap_gym2,
            "ref_ak": event.rp_dose_gy,
            "kvp": event.kvp,
            "filter_cu": 0.3,
        }
        for event in study[:OPENSKIN_EVENTS]
    ]
    job = Path(folder) / "openskin.json"
    job.write_text(json.dumps({"peer": "openskin", "views": views}), encoding="utf-8")
    answer = subprocess.run(
        [python, str(DRIVER), str(job)], check=True, capture_output=True, text=True
    )
    each = json.loads(answer.stdout.splitlines()[-1])["seconds"] / OPENSKIN_EVENTS
    seconds = quickest(lambda: skin_dose(study, Patient(), GEOMETRY)) / len(study)
    print(f"openSkin, {each:.2f} s an event; Kerma {seconds * 1e3:.2f} ms: "
          f"{each / seconds:.0f} times as fast (aim: 50)")  # fmt: skip


def run_pyskindose(python: str, number: int, folder: str) -> Peer:
    """Let PySkinDose compute its example report, repeated to `number` events, 0 for as it is."""
    job, out = Path(folder) / "job.json", Path(folder) / "out.npz"
    job.write_text(
        json.dumps({"peer": "pyskindose", "events": number, "out": str(out)}), encoding="utf-8"
    )
    subprocess.run([python, str(DRIVER), str(job)], check=True, capture_output=True)
    found = np.load(out)
    rows = [
        {name: float(found[name][n]) for name in found if found[name].shape == found["Tx"].shape}
        for n in range(len(found["Tx"]))
    ]
    return Peer(
        float(found["seconds"]),
        found["points"],
        found["normals"],
        found["doses"] / 1e3,
        [_event(row) for row in rows],
    )


def on_their_cells(peer: Peer) -> Floats:
    """Return Kerma's doses, in Gy, on the cells of PySkinDose's elliptic cylinder."""
    body = _their_body(peer)
    placed = place(body, "HFS", height_cm=180, pad_cm=4.0, crown_cm=0.0)
    found, _ = beams(peer.events, THEIRS, ["HFS"] * len(peer.events))
    rays = irradiate(placed, found, factors(found, "estimate", None, SAME), THEIRS, SAME)
    return dose_map(len(body.points), rays)


def _their_body(peer: Peer) -> Skin:
    points = peer.points * (1, -1, 1) - (0, 4, 0)
    normals = peer.normals * (1, -1, 1)
    rows = len(np.unique(points[:, 2]))
    columns = len(points) // rows
    number = np.arange(len(points))
    around = np.column_stack([-normals[:, 1], normals[:, 0], np.zeros(len(points))])
    around /= np.linalg.norm(around, axis=1, keepdims=True)
    step = 2 * math.pi * math.sqrt(250) / columns
    along = np.tile((0.0, 0.0, 1.0), (len(points), 1))
    whole = np.zeros(len(points), dtype=np.intp)
    return Skin(
        "cylinder", rows, columns, number // columns, number % columns, points, normals,
        around * step, along,
        whole, whole, ("trunk",), ((0, Frustum(0, 10, -float(rows), 0, 10, 10, 2.0)),),
        float(rows), {},
    )  # fmt: skip


def _event(row: dict[str, float]) -> ProjectionEvent:
    copper, aluminium = row["filter_thickness_Cu"], row["filter_thickness_Al"]
    return ProjectionEvent(
        primary_angle_deg=row["Ap1"],
        secondary_angle_deg=row["Ap2"],
        source_to_isocenter_mm=10 * row["DSI"],
        source_to_detector_mm=10 * row["DSD"],
        table_longitudinal_mm=10 * row["Tx"],
        table_lateral_mm=10 * row["Tz"],
        table_height_mm=10 * row["Ty"],
        collimated_field_width_mm=10 * row["FS_long"],
        collimated_field_height_mm=10 * row["FS_lat"],
        rp_dose_gy=row["K_IRP"] / 1e3,
        kvp=row["kVp"],
        filters=(
            Filter(material="Copper", thickness_min_mm=copper, thickness_max_mm=copper),
            Filter(material="Aluminum", thickness_min_mm=aluminium, thickness_max_mm=aluminium),
        ),
    )


def made(folder: str, package: str) -> str:
    """Return a Python of its own with a package; takes a minute and the package index."""
    home = Path(folder) / package.split("=", maxsplit=1)[0]
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    print(f"Installing {package} …", file=sys.stderr)
    subprocess.run([python, "-m", "pip", "install", "-q", package], check=True)
    return python


if __name__ == "__main__":
    main()
