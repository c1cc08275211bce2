"""JSON Lines: one object for each event, in UTF-8."""

from typing import BinaryIO

from kerma.exports.base import ALL, Format, Made, Plan, Progress, add
from kerma.exports.frames import Frames
from kerma.exports.reading import Data


def write(plan: Plan, data: Data, out: BinaryIO, progress: Progress) -> Made:
    """Write the tables line by line."""
    frames = Frames(plan, data)
    for frame in frames.made(progress):
        frame.write_ndjson(out)
    return Made(len(data.ids), frames.rows)


add(
    Format(
        name="json",
        title="JSON Lines",
        suffix=".jsonl",
        modalities=ALL,
        write=write,
        explanation="One object a line for each event, with the values of its study.",
        streams=True,
        order=40,
    )
)
