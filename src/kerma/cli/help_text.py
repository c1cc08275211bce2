"""The commands in, the text of `kerma --help` out.

A command's help is read from its file: importing them all would load every library they use, and
take longer than anybody waits for a list.
"""

import ast
from importlib.resources import files

from django.core.management import get_commands

_HEAD = """\
Usage: kerma COMMAND [ARGUMENT…]

Radiation dose monitoring, study collection and phantom quality assurance from DICOM.

Commands (`kerma COMMAND --help` says more about each):"""

_FOOT = """\
Settings are read from the environment (KERMA_…) and from the file kerma.toml in KERMA_HOME.
Django's own commands, such as shell and dbshell, work too."""


def overview() -> str:
    """Return the list of Kerma's own commands, each with the first sentence of its help."""
    names = sorted(name for name, app in get_commands().items() if app == "kerma.cli")
    width = max(map(len, names)) + 2
    lines = [f"  {name:<{width}}{_first_sentence(name)}" for name in names]
    return "\n".join([_HEAD, *lines, "", _FOOT])


def _first_sentence(name: str) -> str:
    """Return the first sentence of a command's help."""
    return written_help(name).split(". ")[0].rstrip(".") + "."


def written_help(name: str) -> str:
    """Return the help that the class of a command states as plain text; "" if it states none."""
    file = files("kerma.cli.management.commands") / f"{name}.py"
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Assign(targets=[ast.Name(id="help")], value=ast.Constant(value=str(text))):
                return text
    return ""
