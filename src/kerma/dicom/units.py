"""Units of dose objects: UCUM codes, the spellings that devices use for them, and factors."""

import re
from functools import lru_cache

from kerma.errors import ContentError

_SI = {
    "dose": {"Gy": 1.0, "dGy": 0.1, "cGy": 0.01, "mGy": 1e-3, "uGy": 1e-6, "nGy": 1e-9},
    "dose area": {
        "Gy.m2": 1.0,
        "Gym2": 1.0,
        "Gy.cm2": 1e-4,
        "dGy.cm2": 1e-5,
        "cGy.cm2": 1e-6,
        "mGy.cm2": 1e-7,
        "uGy.m2": 1e-6,
        "mGy.m2": 1e-3,
        "uGy.cm2": 1e-10,
    },
    "dose length": {"Gy.m": 1.0, "mGy.cm": 1e-5, "Gy.cm": 1e-2, "mGy.m": 1e-3, "cGy.cm": 1e-4},
    "dose equivalent": {"Sv": 1.0, "mSv": 1e-3, "uSv": 1e-6},
    "dose per length": {"mSv/mGy.cm": 1.0, "mSv/(mGy.cm)": 1.0, "mSv.mGy-1.cm-1": 1.0},
    "dose per activity": {"mSv/MBq": 1.0, "mSv.MBq-1": 1.0},
    "dose per charge": {"mGy/mA.s": 1.0, "mGy/mAs": 1.0, "mGy/(mA.s)": 1.0},
    "length": {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 1e-3, "um": 1e-6},
    "area": {"m2": 1.0, "dm2": 1e-2, "cm2": 1e-4, "mm2": 1e-6},
    "volume": {"cm3": 1.0, "ml": 1.0, "mL": 1.0, "l": 1e3, "L": 1e3, "ul": 1e-3},
    "time": {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0, "h": 3600.0, "d": 86400.0,
             "wk": 604800.0, "mo": 2629800.0, "a": 31557600.0},
    "voltage": {"kV": 1.0, "V": 1e-3, "MV": 1e3},
    "current": {"A": 1.0, "mA": 1e-3, "uA": 1e-6},
    "charge": {"A.s": 1.0, "mA.s": 1e-3, "uA.s": 1e-6, "mAs": 1e-3, "uAs": 1e-6},
    "angle": {"deg": 1.0, "rad": 57.29577951308232},
    "activity": {
        "Bq": 1.0, "kBq": 1e3, "MBq": 1e6, "GBq": 1e9, "Ci": 3.7e10, "mCi": 3.7e7, "uCi": 3.7e4,
    },
    "force": {"N": 1.0, "kN": 1e3, "daN": 10.0, "kgf": 9.80665, "[lbf_av]": 4.4482216152605},
    "pressure": {"kPa": 1.0, "Pa": 1e-3, "hPa": 0.1, "mm[Hg]": 0.133322387415},
    "mass": {"g": 1.0, "kg": 1e3, "mg": 1e-3, "[lb_av]": 453.59237},
    "frequency": {"{pulse}/s": 1.0, "/s": 1.0, "Hz": 1.0, "1/s": 1.0, "s-1": 1.0, "{pulses}/s": 1.0,
                  "{frames}/s": 1.0, "/min": 1 / 60},
    "fraction": {"1": 1.0, "%": 0.01, "{ratio}": 1.0, "ratio": 1.0},
    "glucose": {"mmol/l": 1.0, "mmol/L": 1.0, "mg/dl": 1 / 18.016, "mg/dL": 1 / 18.016,
                "g/l": 100 / 18.016, "g/L": 100 / 18.016},
    "creatinine": {"mg/dl": 1.0, "mg/dL": 1.0, "umol/l": 1 / 88.42, "umol/L": 1 / 88.42},
    "body mass index": {"kg/m2": 1.0},
    "specific activity": {"Bq/mol": 1.0, "Bq/mmol": 1e3, "Bq/umol": 1e6, "kBq/mmol": 1e6,
                          "MBq/mmol": 1e9, "MBq/umol": 1e12, "GBq/mmol": 1e12, "GBq/umol": 1e15},
    "filtration rate": {"ml/min/{1.73_m2}": 1.0, "mL/min/{1.73_m2}": 1.0, "ml/min{1.73_m2}": 1.0,
                        "mL/min{1.73_m2}": 1.0, "ml/min/1.73m2": 1.0, "mL/min/1.73m2": 1.0,
                        "ml/min/1.73 m2": 1.0, "mL/min/1.73 m2": 1.0},
}  # fmt: skip
"""Quantity -> UCUM code (or a spelling that is met for it) -> factor to the quantity's base."""

_FACTORS = {
    (given, wanted): table[given] / table[wanted]
    for table in _SI.values()
    for given in table
    for wanted in table
}
_DOSES = frozenset(
    unit
    for name in ("dose", "dose area", "dose length", "dose equivalent", "activity")
    for unit in _SI[name]
)
_SPELLINGS = {
    "mGy-cm": "mGy.cm",
    "mGyXcm": "mGy.cm",
    "°": "deg",
}
"""Spellings that are no UCUM but are met, and cannot be misread; signs and dots aside."""
_SPELLINGS_IN_ANY_CASE = {
    "kv": "kV",
    "kvp": "kV",
    "ma": "mA",
    "mas": "mA.s",
    "uas": "uA.s",
    "mm": "mm",
    "cm": "cm",
    "deg": "deg",
    "degree": "deg",
    "degrees": "deg",
    "sec": "s",
    "seconds": "s",
    "msec": "ms",
    "minutes": "min",
    "fps": "/s",
    "f/s": "/s",
    "frames/s": "/s",
    "pps": "/s",
    "p/s": "/s",
    "pulses/s": "/s",
    "no units": "1",
    "{no units}": "1",
    "unitless": "1",
    "none": "1",
}
"""The same, of quantities that are no dose and whose case cannot be mistaken."""


def is_dose(unit: str) -> bool:
    """Return whether a value in `unit` is a dose: an unknown unit on it is never passed over."""
    return unit in _DOSES


def factor(given: str, wanted: str) -> float | None:
    """Return what a number in `given` is multiplied by to be in `wanted`, None if unknown.

    An absent unit is the template's own, i.e. `wanted`.
    """
    if not given or given == wanted:
        return 1.0
    found = _FACTORS.get((given, wanted))
    if found is not None:
        return found
    return _FACTORS.get((_spelled(given), wanted))


@lru_cache(maxsize=1024)
def _spelled(given: str) -> str:
    """Return a unit in UCUM's spelling as far as it can be told: "dGy*cm^2" is "dGy.cm2"."""
    known = _SPELLINGS.get(given) or _SPELLINGS_IN_ANY_CASE.get(given.casefold())
    if known is not None:
        return known
    plain = _ANNOTATION.sub("", given).translate(_SIGNS).strip(".") or "1"
    plain = _GRAY.sub("Gy", _HYPHEN.sub(".", plain.replace("micro", "u")))
    plain = _SQUARE.sub(r"\g<1>2", plain)
    return _WITHOUT_DOTS.get(plain.replace(".", ""), plain)


_SIGNS = str.maketrans(
    {"·": ".", "⋅": ".", "*": ".", "×": ".", " ": ".", "²": "2", "^": None, "µ": "u", "μ": "u"}
)
_WITHOUT_DOTS = {
    unit.replace(".", ""): unit for table in _SI.values() for unit in table if "." in unit
}


_ANNOTATION = re.compile(r"\{[^}]*\}")
"""UCUM annotations, e.g. in "mm{Al}": they do not change the unit."""
_GRAY = re.compile("gy", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
"""Between units a sign of multiplication; before a digit it belongs to the exponent."""
_SQUARE = re.compile(r"\b(c?m)\.\1\b")


def unreadable(meaning: str, given: str, wanted: str) -> ContentError:
    """Return the error for a dose value whose unit is not known: guessing would change a dose."""
    return ContentError(
        f"{meaning} is in {given!r}, which cannot be read as {wanted}. If this device always "
        "does so, add a quirk in kerma/extract/quirks/."
    )
