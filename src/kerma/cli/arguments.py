"""Texts of the command line in, values out; argparse tells what cannot be read."""


def number(text: str) -> int:
    """Read a number of processes; at least one."""
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value
