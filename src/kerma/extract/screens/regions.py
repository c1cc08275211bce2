"""Body Part Examined (0018,0015) in, the code of the region out (PS3.16 annex L)."""

import tomllib
from functools import cache
from importlib.resources import files

from kerma.records import Code


def region_of(body_part: str) -> Code | None:
    """Return the region that a defined term stands for; None for words of a site's own."""
    found = _regions().get(body_part.strip().upper())
    return Code(value=found[0], scheme="SCT", meaning=found[1]) if found else None


@cache
def _regions() -> dict[str, tuple[str, str]]:
    text = (files("kerma.extract.screens") / "regions.toml").read_text(encoding="utf-8")
    return {term: (value, words) for term, (value, words) in tomllib.loads(text)["region"].items()}
