"""Write `src/kerma/dicom/code_table.json` anew from the tables of the installed pydicom.

    python tools/code_table.py

pydicom makes its tables from PS3.16; loading them costs 90 MB and half a second in every process,
this extract 4 MB and some milliseconds.
"""

import json
from pathlib import Path

from pydicom import __version__
from pydicom.sr._concepts_dict import concepts
from pydicom.sr._snomed_dict import mapping

_TARGET = Path(__file__).parents[1] / "src" / "kerma" / "dicom" / "code_table.json"


def _meanings(scheme: str) -> dict[str, str]:
    """Return code value -> meaning; that of a context group above a fully specified name."""
    found: dict[str, str] = {}
    for codes in concepts[scheme].values():
        for value, (meaning, *_) in codes.items():
            short, _, tag = meaning.partition(" (")
            if value not in found or not tag:
                found[value] = short if scheme == "SCT" else meaning
    return dict(sorted(found.items()))


def main() -> None:
    """Write the table."""
    table = {
        "source": f"PS3.16 annex D and context groups, by the tables of pydicom {__version__}",
        "DCM": _meanings("DCM"),
        "SCT": _meanings("SCT"),
        "SRT": dict(sorted(mapping["SRT"].items())),
    }
    text = json.dumps(table, ensure_ascii=False, indent=0)
    _TARGET.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
