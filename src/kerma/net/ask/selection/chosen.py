"""Studies, series and objects with the verdict on each: kept or dropped, and the reason."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from kerma.net.ask.answers import ImageAnswer, SeriesAnswer, StudyAnswer
from kerma.records.base import Record

Ask = Callable[[SeriesAnswer], list[ImageAnswer]]
"""Asks the node for the objects of a series."""


class ChosenImage(Record, frozen=True, kw_only=True):
    """An object and the verdict on it."""

    answer: ImageAnswer
    kept: bool = True
    reason: str = ""


class ChosenSeries(Record, frozen=True, kw_only=True):
    """A series and the verdict on it."""

    answer: SeriesAnswer
    kept: bool = True
    reason: str = ""
    images: tuple[ChosenImage, ...] | None = None
    """Its objects; None where the node was not asked for them."""
    by_image: bool = False
    """Whether only the kept objects are fetched, one by one."""

    @property
    def is_sr(self) -> bool:
        """Whether it holds structured reports."""
        return self.answer.modality == "SR"

    def keep(self, reason: str) -> "ChosenSeries":
        """Return it kept for this reason."""
        return replace(self, kept=True, reason=reason)

    def drop(self, reason: str) -> "ChosenSeries":
        """Return it dropped for this reason."""
        return replace(self, kept=False, reason=reason)

    def with_images(self, ask: Ask) -> "ChosenSeries":
        """Return it with its objects, asked for once."""
        if self.images is not None:
            return self
        found = tuple(ChosenImage(answer=answer) for answer in ask(self.answer))
        return replace(self, images=found)

    def narrowed(
        self, wants: Callable[[ImageAnswer], bool], kept: str, dropped: str
    ) -> "ChosenSeries":
        """Return it with only those of its objects kept that are wanted.

        Where all are wanted the series is fetched as a whole.
        """
        images = tuple(
            replace(image, kept=False, reason=dropped)
            if not wants(image.answer)
            else replace(image, reason=image.reason or kept)
            for image in self.images or ()
        )
        return replace(self, images=images, by_image=any(not image.kept for image in images))


class ChosenStudy(Record, frozen=True, kw_only=True):
    """A study, or the part of it that counts as one modality, and the verdict on it."""

    answer: StudyAnswer
    kept: bool = True
    reason: str = ""
    modality: str = ""
    """CT, RF, DX, MG or NM, or SR where only reports are asked for; "" while it is not known."""
    series: tuple[ChosenSeries, ...] = ()

    def keep(self, reason: str) -> "ChosenStudy":
        """Return it kept for this reason."""
        return replace(self, kept=True, reason=reason)

    def drop(self, reason: str) -> "ChosenStudy":
        """Return it dropped for this reason, with all its series."""
        series = tuple(
            each if not each.kept else each.drop("Its study is dropped.") for each in self.series
        )
        return replace(self, kept=False, reason=reason, series=series)


def kept(series: Iterable[ChosenSeries]) -> list[ChosenSeries]:
    """Return the series not dropped so far."""
    return [each for each in series if each.kept]
