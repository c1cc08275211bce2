"""The name of a record's field in, its heading and unit in words out."""

_UNITS = {
    "_mgycm": "mGy·cm", "_mgy": "mGy", "_gym2": "Gy·m²", "_gy": "Gy", "_msv": "mSv",
    "_kpa": "kPa", "_kev": "keV", "_mbq": "MBq", "_m2": "m²", "_cm3": "cm³", "_mm": "mm",
    "_ms": "ms", "_s": "s", "_h": "h", "_ml": "ml", "_g": "g", "_ma": "mA", "_mas": "mAs",
    "_deg": "°", "_n": "N", "_percent": "%", "_per_s": "1/s", "_kg": "kg", "_m": "m",
    "_years": "years", "_kg_per_m2": "kg/m²", "_mmol_per_l": "mmol/l", "_mg_per_dl": "mg/dl",
    "_ml_per_min_1_73m2": "ml/min/1.73 m²", "_bq_per_mol": "Bq/mol",
    "_msv_per_mgycm": "mSv/(mGy·cm)", "_msv_per_mbq": "mSv/MBq", "_mgy_per_mas": "mGy/mAs",
}  # fmt: skip
"""Endings of field names and the units they stand for."""

_LONGEST_FIRST = sorted(_UNITS, key=len, reverse=True)

_WORDS = {
    "uid": "UID", "uids": "UIDs", "dap": "DAP", "rp": "RP", "kvp": "kVp", "ctdivol": "CTDIvol",
    "ctdi": "CTDI", "dlp": "DLP", "agd": "AGD", "ssde": "SSDE", "id": "ID", "sop": "SOP",
    "utc": "UTC", "xray": "X-ray", "freeair": "free air", "rr": "RR", "z": "z", "ids": "IDs",
}  # fmt: skip


def label(field: str) -> tuple[str, str]:
    """Return heading and unit, e.g. ("Source to detector", "mm")."""
    values = field.endswith("_values")
    name = field.removesuffix("_values")
    ending = next((end for end in _LONGEST_FIRST if name.endswith(end)), "")
    words = [_WORDS.get(word, word) for word in name.removesuffix(ending).split("_")]
    heading = " ".join(words) + (", per pulse" if values else "")
    if words[0].islower():
        heading = heading[:1].upper() + heading[1:]
    return heading, _UNITS.get(ending, "")
