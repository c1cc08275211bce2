"""The name of an anode or filter material in, its plain name and its symbol out."""

_SYMBOLS = {
    "aluminum": "Al", "aluminium": "Al", "copper": "Cu", "molybdenum": "Mo", "rhodium": "Rh",
    "silver": "Ag", "niobium": "Nb", "tungsten": "W", "lead": "Pb", "tantalum": "Ta",
    "gadolinium": "Gd", "tin": "Sn", "europium": "Eu", "titanium": "Ti", "nickel": "Ni",
    "zirconium": "Zr",
}  # fmt: skip


def plain(name: str) -> str:
    """Return the plain name: "Tungsten" for "Tungsten or Tungsten compound"."""
    return name.split(" or ")[0].removesuffix(" compound")


def symbol(name: str) -> str:
    """Return the chemical symbol, or the plain name where none is known."""
    short = plain(name)
    return _SYMBOLS.get(short.casefold(), short)
