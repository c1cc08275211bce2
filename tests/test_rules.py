"""Rules every registered thing and every file keeps. A new one is held to them unasked."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from kerma.extract import base

TESTS = Path(__file__).parent
PROJECT = TESTS.parent
SOURCE = PROJECT / "src" / "kerma"
MODULES = sorted(SOURCE.rglob("*.py"))
WRITTEN = [path for path in MODULES if path.parent.name != "migrations"]
COMMANDS = sorted(name for name, app in get_commands().items() if app == "kerma.cli")

LONGEST_FUNCTION = 60
LONGEST_MODULE = 500

FORBIDDEN = re.compile(
    r"/[w]ork/|/[r]oot/|/[t]mp/|\b[s]ubagent|\b[t]his session\b"
    r"|[p]ypi\.org|[f]iles\.pythonhosted|[r]egistry\.npmjs|[d]eb\.debian\.org"
    r"|\b[T]ODO\b|\b[F]IXME\b"
)
"""The project speaks of itself alone: no machine, no registry, nothing left for later."""


def module_id(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def tracked() -> Iterator[Path]:
    """Files that are or could be committed, the lists of hashes and the licence apart."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        path = PROJECT / name
        if path.is_file() and not name.startswith("requirements"):
            yield path


@pytest.mark.parametrize("path", WRITTEN, ids=module_id)
def test_every_module_says_what_it_is_and_is_short(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)

    assert ast.get_docstring(tree), "a module opens with one sentence"
    assert text.count("\n") <= LONGEST_MODULE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=module_id)
def test_every_folder_of_modules_is_a_package(folder):
    assert (folder / "__init__.py").exists()


def test_no_file_speaks_of_a_machine_or_leaves_something_for_later():
    found = []
    for path in tracked():
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
        found += [
            f"{path}:{n}: {line}" for n, line in enumerate(lines, 1) if FORBIDDEN.search(line)
        ]

    assert found == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_in_a_sentence(name):
    assert re.match(r"[A-Z].{10,}\.", load_command_class("kerma.cli", name).help)


@pytest.mark.parametrize("source", list(base.sources), ids=lambda source: source.name)
def test_every_source_has_a_test_file(source):
    assert (TESTS / "extract" / f"test_{source.name.replace('-', '_')}.py").exists()


@pytest.mark.parametrize("quirk", list(base.quirks), ids=lambda quirk: quirk.name)
def test_every_quirk_says_how_we_know(quirk):
    assert len(quirk.evidence) > 20
