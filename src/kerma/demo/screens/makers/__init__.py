"""How each maker's screen is laid out: one module each, a function table -> sheets."""

from collections.abc import Callable

from kerma.demo.screens.makers import canon, ge, philips, siemens, toshiba
from kerma.demo.screens.sheet import Identity, Look, Measure, Sheet
from kerma.screens.reading import ScreenTable

MAKERS: dict[str, Callable[[ScreenTable, Identity, Look, Measure], list[Sheet]]] = {
    "siemens": siemens.sheets,
    "ge": ge.sheets,
    "toshiba": toshiba.sheets,
    "canon": canon.sheets,
    "philips": philips.sheets,
}
