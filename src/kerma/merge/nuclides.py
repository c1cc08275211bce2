"""Radionuclides as objects write them, brought to one form to be compared."""

import re
from functools import lru_cache

_SYMBOLS = {
    "actinium": "Ac",
    "astatine": "At",
    "barium": "Ba",
    "beryllium": "Be",
    "bismuth": "Bi",
    "bromine": "Br",
    "cadmium": "Cd",
    "caesium": "Cs",
    "calcium": "Ca",
    "carbon": "C",
    "cesium": "Cs",
    "chromium": "Cr",
    "cobalt": "Co",
    "copper": "Cu",
    "dysprosium": "Dy",
    "erbium": "Er",
    "fluorine": "F",
    "gadolinium": "Gd",
    "gallium": "Ga",
    "germanium": "Ge",
    "gold": "Au",
    "holmium": "Ho",
    "hydrogen": "H",
    "indium": "In",
    "iodine": "I",
    "iron": "Fe",
    "krypton": "Kr",
    "lead": "Pb",
    "lutecium": "Lu",
    "lutetium": "Lu",
    "magnesium": "Mg",
    "manganese": "Mn",
    "mercury": "Hg",
    "molybdenum": "Mo",
    "niobium": "Nb",
    "nitrogen": "N",
    "oxygen": "O",
    "phosphorus": "P",
    "potassium": "K",
    "praseodymium": "Pr",
    "promethium": "Pm",
    "radium": "Ra",
    "rhenium": "Re",
    "rubidium": "Rb",
    "ruthenium": "Ru",
    "samarium": "Sm",
    "scandium": "Sc",
    "selenium": "Se",
    "silver": "Ag",
    "sodium": "Na",
    "strontium": "Sr",
    "sulfur": "S",
    "sulphur": "S",
    "tantalum": "Ta",
    "technetium": "Tc",
    "terbium": "Tb",
    "thallium": "Tl",
    "thorium": "Th",
    "thulium": "Tm",
    "tin": "Sn",
    "titanium": "Ti",
    "xenon": "Xe",
    "ytterbium": "Yb",
    "yttrium": "Y",
    "zinc": "Zn",
    "zirconium": "Zr",
}
"""Name of the element, lower case -> symbol."""

_BY_FOLDED_SYMBOL = {symbol.casefold(): symbol for symbol in _SYMBOLS.values()}

_NUMBER = r"(?P<{0}>\d{{1,3}})\s?(?P<{0}m>[mM]?)"
_NAME = r"(?P<{0}>[A-Za-z]+)"
_SPACE = r"[\s^\-\[\]()]*"

_NUMBER_FIRST = re.compile(
    rf"(?<![\dA-Za-z.]){_NUMBER.format('n')}{_SPACE}{_NAME.format('e')}(?![A-Za-z])"
)
_NAME_FIRST = re.compile(
    rf"(?<![A-Za-z]){_NAME.format('e')}{_SPACE}{_NUMBER.format('n')}(?![\dA-Za-z])"
)


@lru_cache(maxsize=1024)
def nuclide(text: str) -> str:
    """Return e.g. "Tc99m" for "99m Technetium", "Technetium-99m", "^99m^Technetium" or "Tc-99m".

    Empty where the text names no nuclide, or more than one.
    """
    found = set()
    for pattern in (_NUMBER_FIRST, _NAME_FIRST):
        for match in pattern.finditer(text):
            word = match["e"].casefold()
            symbol = _SYMBOLS.get(word) or _BY_FOLDED_SYMBOL.get(word, "")
            if symbol:
                metastable = match["nm"].lower()
                found.add(f"{symbol}{int(match['n'])}{metastable}")
        if found:
            break
    return found.pop() if len(found) == 1 else ""
