"""Texts of the command line in, values out; argparse tells what cannot be read."""

from argparse import ArgumentParser


def anywhere(parser: ArgumentParser) -> None:
    """Let positional arguments stand before, between and after the options.

    Otherwise argparse takes `ct --out FILE dlp_min=100` for a command without filters, followed by
    something it does not know.
    """
    parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]


def number(text: str) -> int:
    """Read a number of processes; at least one."""
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value
