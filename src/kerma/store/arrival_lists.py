"""The text of an OpenREM Lua script or docker YAML in, the rules and switches it holds out."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction

from kerma.store import options
from kerma.store.models import ArrivalRule

KNOWN_SCANNERS = (
    ("TOSHIBA", "Aquilion*"),
    ("GE MEDICAL SYSTEMS", "LightSpeed Plus"),
    ("GE MEDICAL SYSTEMS", "Discovery STE"),
)
"""Manufacturer and model of scanners whose dose screens are known to be read, or were by others:
the documentation of OpenREM names Toshiba CX and CXL, a GE LightSpeed Plus and a Discovery STE."""

_IGNORE = {
    "manufacturers_to_ignore": ArrivalRule.Attribute.MANUFACTURER,
    "model_names_to_ignore": ArrivalRule.Attribute.MODEL,
    "station_names_to_ignore": ArrivalRule.Attribute.STATION,
    "software_versions_to_ignore": ArrivalRule.Attribute.SOFTWARE,
    "device_serial_numbers_to_ignore": ArrivalRule.Attribute.SERIAL,
}
_SWITCHES = {
    "use_physics_filtering": "physics_keep",
    "use_toshiba_ct_extractor": "collect_keep",
}
_PHYSICS = "physics_to_keep"
_SCANNERS = "toshiba_extractor_systems"

_NAMED = re.compile(r"\b([a-z_]{8,40})[ \t]*[=:][ \t]*(?:[|>]-?)?\s*([\"'])?\s*(?=[{tf])", re.I)
"""A name, `=` of Lua or `:` of YAML, perhaps `|` and a line break, and the start of a value."""
_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)


class Found(NamedTuple):
    """What a text holds."""

    rules: list[ArrivalRule]
    """Not saved."""
    switches: dict[str, bool]


def read(text: str) -> Found:
    """Return the rules and switches, in the order of the text; what is commented out is none."""
    plain = "\n".join(_uncommented(line) for line in text.splitlines())
    rules: list[ArrivalRule] = []
    switches: dict[str, bool] = {}
    for match in _NAMED.finditer(plain):
        name, rest = match[1].lower(), plain[match.end() :]
        if name in _SWITCHES:
            switches[_SWITCHES[name]] = rest.lower().startswith("true")
        elif rest.startswith("{"):
            rules.extend(_rules(name, _texts(rest)))
    return Found(rules, switches)


@transaction.atomic
def add(found: Found) -> int:
    """Keep them, and return how many rules are new."""
    made = 0
    for rule in found.rules:
        named = {name: getattr(rule, name) for name in ("kind", "attribute", "pattern", "model")}
        made += ArrivalRule.objects.get_or_create(**named)[1]
    for name, value in found.switches.items():
        options.put(name, value)
    return made


def _uncommented(line: str) -> str:
    """Return a line without a comment of Lua or YAML, which quotes may hold."""
    bare = _TEXT.sub(lambda found: "_" * len(found[0]), line)
    at = re.search(r"--|(?:^|\s)#", bare)
    return line[: at.start()] if at else line


def _texts(value: str) -> list[str]:
    """Return the quoted texts up to the brace that closes the first."""
    depth = 0
    found = []
    place = 0
    while place < len(value):
        text = _TEXT.match(value, place)
        if text:
            found.append(_plain(text[1] if text[1] is not None else text[2]))
            place = text.end()
            continue
        depth += {"{": 1, "}": -1}.get(value[place], 0)
        place += 1
        if not depth:
            break
    return found


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()


def _rules(name: str, texts: list[str]) -> Iterator[ArrivalRule]:
    if name in _IGNORE:
        for text in filter(None, texts):
            yield ArrivalRule(kind="ignore", attribute=_IGNORE[name], pattern=text)
    elif name == _PHYSICS:
        for text in filter(None, texts):
            yield ArrivalRule(kind="physics", attribute="patient", pattern=text)
    elif name == _SCANNERS:
        for maker, model in zip(texts[::2], texts[1::2], strict=False):
            yield ArrivalRule(kind="collect", attribute="scanner", pattern=maker, model=model)
