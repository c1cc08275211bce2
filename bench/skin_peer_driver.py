"""PySkinDose or openSkin: one skin dose map; `bench/skin_dose.py` runs it in their Pythons.

Not for use by itself: reads a JSON file of what to do, writes an npz file or prints seconds.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any


def pyskindose(job: dict[str, Any]) -> None:
    """Write cells, doses and normalized events; the example report as often as is asked for."""
    import numpy as np
    import pandas as pd
    import pyskindose as peer
    from pyskindose import load_settings_example_json
    from pyskindose.calculate_dose.calculate_dose import calculate_dose
    from pyskindose.helpers.calculate_rotation_matrices import calculate_rotation_matrices
    from pyskindose.helpers.read_and_normalize_rdsr_data import read_and_normalise_rdsr_data

    sys.setrecursionlimit(20_000)
    chosen = load_settings_example_json()
    chosen |= {"mode": "calculate_dose", "estimate_k_tab": True, "k_tab_val": 0.8,
               "inherent_filtration": 3.1}  # fmt: skip
    chosen["phantom"]["model"] = "cylinder"
    chosen["phantom"]["dimension"]["cylinder_resolution"] = "sparse"
    chosen["plot"] |= {"notebook_mode": False, "interactivity": False}
    settings = peer.PyskindoseSettings(settings=chosen)
    report = Path(peer.__file__).parent / "example_data/RDSR/siemens_axiom_example_procedure.dcm"
    events = read_and_normalise_rdsr_data(rdsr_filepath=str(report), settings=settings)
    repeat = -(-job["events"] // len(events)) if job["events"] else 1
    events = pd.concat([events] * repeat, ignore_index=True)
    events = events.head(job["events"] or len(events)).reset_index(drop=True)
    size = settings.phantom.dimension
    table, pad = (peer.Phantom(phantom_model=name, phantom_dim=size) for name in ("table", "pad"))
    events = calculate_rotation_matrices(events)
    start = time.process_time()
    patient, output = calculate_dose(
        normalized_data=events, settings=settings, table=table, pad=pad
    )
    seconds = time.process_time() - start
    columns = ["Tx", "Ty", "Tz", "Ap1", "Ap2", "DSD", "DSI", "FS_lat", "FS_long", "kVp", "K_IRP",
               "filter_thickness_Cu", "filter_thickness_Al"]  # fmt: skip
    np.savez(
        job["out"], points=patient.r_ref, normals=patient.n, doses=output["dose_map"],
        seconds=seconds, **{name: events[name].to_numpy(float) for name in columns},
    )  # fmt: skip


def openskin(job: dict[str, Any]) -> None:
    """Print how long openSkin takes for the events of a job."""
    from openrem.remapp.tools.openskin import calc_exp_map

    made = calc_exp_map.CalcExpMap(phantom_type="3D", pat_pos="HFS")
    start = time.process_time()
    for event in job["views"]:
        made.add_view(**event, run_type="Fluoroscopy", frames=1, end_angle=None, pat_pos="HFS")
    peak = float(max(max(row) for row in made.my_dose.total_dose))
    print(json.dumps({"seconds": time.process_time() - start, "peak_gy": peak}))


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    {"pyskindose": pyskindose, "openskin": openskin}[given["peer"]](given)
