"""Which shape stands for which letter on the screens of a scanner: kept, corrected, shared."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction

from kerma.errors import KermaError
from kerma.screens.glyph_set import GlyphSet as Shapes
from kerma.screens.page import Glyph
from kerma.screens.reading import Scanner
from kerma.screens.train import with_glyph
from kerma.store import audit
from kerma.store.locks import lock_study
from kerma.store.models import GlyphSet, KnownGlyph


class NoScanner(KermaError):
    """A set of glyphs does not say whose it is."""


def scanner_of_set(found: GlyphSet) -> Scanner:
    """Return the scanner whose glyphs these are."""
    return Scanner(
        manufacturer=found.manufacturer,
        model=found.model,
        software_versions=found.software_versions,
    )


def shape_of(known: KnownGlyph) -> Glyph:
    """Return the shape of a glyph."""
    return Glyph(width=known.width, height=known.height, bits=bytes(known.bits))


def record_of(found: GlyphSet) -> Shapes:
    """Return a set as it is used and shared."""
    return Shapes(
        name=str(found),
        manufacturer=found.manufacturer,
        model=found.model,
        software_versions=found.software_versions,
        texts={shape_of(one): one.text for one in found.glyphs.order_by("pk")},
        source=found.source,
    )


def own_set(scanner: Scanner) -> GlyphSet | None:
    """Return the set of exactly this scanner and software."""
    return GlyphSet.objects.filter(
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions=scanner.software_versions,
    ).first()


def sets_for(scanner: Scanner) -> list[GlyphSet]:
    """Return the sets for a scanner: its own first, then that for any software version."""
    found = GlyphSet.objects.filter(
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions__in={scanner.software_versions, ""},
    )
    return sorted(found, key=lambda one: one.software_versions != scanner.software_versions)


@transaction.atomic
def name_glyph(glyph: Glyph, text: str, scanner: Scanner, user: AbstractBaseUser | None) -> None:
    """Keep what a shape stands for; "" says that it is no letter. The same again changes nothing.

    Raises
    ------
    GlyphConflict
        If it stands for something else there, or the text is none.
    """
    found = _lock(scanner)
    before = record_of(found).texts
    after = with_glyph(record_of(found), glyph, text).texts
    if glyph in before:
        return
    _add(found, {glyph: after[glyph]}, user)
    audit.write(user, "teach a glyph", glyph_set=str(found), text=after[glyph])


@transaction.atomic
def unname_glyph(glyph: Glyph, scanner: Scanner, user: AbstractBaseUser | None) -> None:
    """Forget a shape again."""
    known = own_set(scanner)
    if known is None:
        return
    rows = known.glyphs.filter(width=glyph.width, height=glyph.height, bits=glyph.bits)
    if rows.delete()[0]:
        audit.write(user, "forget a glyph", glyph_set=str(known))


@transaction.atomic
def adopt(other: GlyphSet, scanner: Scanner, user: AbstractBaseUser | None) -> int:
    """Give a scanner the glyphs of another; what it knows already stays. Return how many came."""
    found = _lock(scanner)
    here = record_of(found).texts
    new = {glyph: text for glyph, text in record_of(other).texts.items() if glyph not in here}
    _add(found, new, user)
    if not found.source:
        found.source = f"glyphs of {other}"
        found.save(update_fields=["source"])
    if new:
        audit.write(user, "adopt glyphs", glyph_set=str(found), of=str(other), glyphs=len(new))
    return len(new)


@transaction.atomic
def change_glyph(known: KnownGlyph, text: str, user: AbstractBaseUser | None) -> None:
    """Correct what a shape stands for."""
    shape = shape_of(known)
    kept = with_glyph(Shapes(name=""), shape, text).texts[shape]
    if kept == known.text:
        return
    before, known.text, known.typed_by_id = known.text, kept, user.pk if user else None
    known.save(update_fields=["text", "typed_by"])
    audit.write(user, "correct a glyph", glyph_set=str(known.glyph_set), before=before, after=kept)


@transaction.atomic
def delete_glyph(known: KnownGlyph, user: AbstractBaseUser | None) -> None:
    """Forget a shape."""
    audit.write(user, "forget a glyph", glyph_set=str(known.glyph_set), text=known.text)
    known.delete()


@transaction.atomic
def delete_set(found: GlyphSet, user: AbstractBaseUser | None) -> None:
    """Forget all shapes of a scanner; what was read with them stays stored."""
    audit.write(user, "delete glyph set", glyph_set=str(found), glyphs=found.glyphs.count())
    found.delete()


@transaction.atomic
def import_set(shapes: Shapes, user: AbstractBaseUser | None, *, replace: bool) -> GlyphSet:
    """Add the shapes of a file to the set of its scanner.

    Parameters
    ----------
    replace
        Whether the file is right where it contradicts what is known here.

    Raises
    ------
    NoScanner
        If the file does not say whose screens it is for.
    """
    scanner = Scanner(
        manufacturer=shapes.manufacturer,
        model=shapes.model,
        software_versions=shapes.software_versions,
    )
    if not scanner.manufacturer or not scanner.model:
        raise NoScanner(
            "The file does not say whose screens it is for. "
            "A manufacturer and a model are expected."
        )
    found = _lock(scanner)
    here = {shape_of(one): one for one in found.glyphs.all()}
    _add(found, {g: text for g, text in shapes.texts.items() if g not in here}, user)
    for glyph, text in shapes.texts.items() if replace else ():
        if glyph in here:
            change_glyph(here[glyph], text, user)
    if shapes.source and not found.source:
        found.source = shapes.source
        found.save(update_fields=["source"])
    audit.write(user, "import glyph set", glyph_set=str(found), glyphs=len(shapes.texts))
    return found


def all_known(glyphs: Iterable[Glyph], but: GlyphSet | None) -> list[int]:
    """Return the numbers of the sets that know every one of the glyphs, without one of them."""
    wanted = set(glyphs)
    rows = KnownGlyph.objects.filter(bits__in={one.bits for one in wanted})
    known: dict[int, set[Glyph]] = {}
    for row in rows.exclude(glyph_set=but) if but else rows:
        known.setdefault(row.glyph_set_id, set()).add(shape_of(row))
    return [number for number, has in known.items() if wanted and wanted <= has]


def _lock(scanner: Scanner) -> GlyphSet:
    """Return the set of a scanner, begun where there is none; others wait until we are done."""
    with connection.cursor() as cursor:
        lock_study(cursor, f"glyphs {scanner.manufacturer}\0{scanner.model}")
    found, _ = GlyphSet.objects.get_or_create(
        manufacturer=scanner.manufacturer,
        model=scanner.model,
        software_versions=scanner.software_versions,
    )
    return found


def _add(found: GlyphSet, texts: Mapping[Glyph, str], user: AbstractBaseUser | None) -> None:
    KnownGlyph.objects.bulk_create(
        KnownGlyph(
            glyph_set=found,
            width=glyph.width,
            height=glyph.height,
            bits=glyph.bits,
            text=text,
            typed_by_id=user.pk if user else None,
        )
        for glyph, text in texts.items()
    )
