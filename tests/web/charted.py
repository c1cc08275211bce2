"""A hospital for charts, and what a page of a chart holds."""

import json
import re
from itertools import product
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from kerma.charts import charts_of
from kerma.query.conditions import studies
from kerma.query.selection import select
from kerma.records import Patient, Totals
from tests.query.hospital import ct_event, exposure, store

MODALITIES = ("ct", "rf", "dx", "mg", "nm")


def names_of(modality: str) -> list[str]:
    return [chart.name for chart in charts_of(modality.upper())]


def store_ct() -> None:
    """Store 24 studies: two rooms, three protocols, doses that repeat, some without mass."""
    for number, (room, day) in enumerate(product(("CT 1", "CT 2"), range(1, 13))):
        protocol = ("Thorax", "Head", "<b>Neck</b> & more")[number % 3]
        dlp = float(10 * (number % 5) + 10)
        store(
            f"charted-{number}", "CT", room=room, day=f"2026-{1 + number % 4:02}-{day:02}",
            time=f"{8 + number % 3:02}:15:00", study_description=f"Study {number % 2}",
            requested_procedure="=cmd|' /C calc'!A0" if number % 2 else "Chest",
            performing_physician="Grey^Ann" if number % 4 else "",
            patient=Patient(weight_kg=None if number % 6 == 0 else 60.0 + number),
            totals=Totals(dlp_mgycm=None if number == 7 else 2 * dlp),
            events=(
                ct_event(acquisition_protocol=protocol, dlp_mgycm=dlp, ctdivol_mgy=dlp / 10),
                ct_event("Constant Angle Acquisition", acquisition_protocol="Topogram",
                         dlp_mgycm=1.0 if number % 2 else None),
                ct_event(acquisition_protocol=protocol.upper(), dlp_mgycm=dlp + 5),
            ),
        )  # fmt: skip


def store_others() -> None:
    """Store some studies of each of the other modalities."""
    for number in range(6):
        at = {"day": f"2026-05-{1 + number:02}", "time": f"{9 + number % 2:02}:00:00"}
        common = at | {"study_description": f"Study {number % 2}", "requested_procedure": "Ask",
                       "patient": Patient(weight_kg=70.0 + number)}  # fmt: skip
        dap = (1 + number) * 1e-6
        events = (
            exposure(acquisition_protocol="Chest", dap_gym2=dap, kvp=80.0 + number,
                     exposure_mas=1.0 + number, irradiation_duration_s=10.0 + number,
                     rp_dose_gy=0.01 * number),
        )  # fmt: skip
        store(f"dx-{number}", "DX", room="DX", totals=Totals(dap_gym2=dap), events=events, **common)
        store(f"rf-{number}", "RF", room="RF", events=events,
              performing_physician="Grey^Ann" if number % 2 else "Who^Doctor",
              totals=Totals(dap_gym2=2 * dap, rp_dose_gy=0.1 * number, fluoro_time_s=60.0),
              **common)  # fmt: skip
        breast = (
            exposure(acquisition_protocol="LCC", agd_mgy=1.0 + number / 10, kvp=28.0,
                     exposure_mas=50.0 + number, compressed_thickness_mm=15.0 + 15 * number,
                     dap_gym2=dap),
        )  # fmt: skip
        store(f"mg-{number}", "MG", room="MG", events=breast, **common,
              totals=Totals(agd_left_mgy=1.0 + number / 10, dap_gym2=dap))  # fmt: skip
        store(f"nm-{number}", "NM", kind="NM RRDSR", room="NM", **common,
              totals=Totals(administered_activity_mbq=300.0 + 10 * number))  # fmt: skip


class Part:
    """What the server sends for one chart."""

    def __init__(self, html: str) -> None:
        self.html = html
        found = re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", html, re.S)
        self.data = json.loads(found[1]) if found else {}

    @property
    def traces(self) -> list[dict]:
        """Return the traces that show cases."""
        return [one for one in self.data["traces"] if "role" not in one]

    def links(self) -> list[str]:
        """Return the address behind each part of the drawing that has one."""
        return [
            self.data["base"] + link
            for trace in self.data["traces"]
            for link in trace.get("customdata", [])
        ]

    def table_links(self) -> list[str]:
        """Return the address behind each row of the table."""
        found = re.findall(r'<th scope="row"><a href="([^"]*)"', self.html)
        return [one.replace("&amp;", "&") for one in found]


def part_of(client: Client, name: str, **options: str) -> Part:
    """Ask for one chart."""
    response = client.get(f"/charts/{name[:2]}/{name}/", options)
    assert response.status_code == 200, response.status_code
    return Part(response.content.decode())


def studies_behind(address: str) -> set[str]:
    """Return the studies that the list of an address shows."""
    found = urlsplit(address)
    selection = select(found.path.strip("/").upper(), parse_qsl(found.query))
    return set(studies(selection).values_list("study_instance_uid", flat=True))
