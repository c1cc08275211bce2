"""Dose screens of CT scanners: what was seen, what is doubted, and the glyphs of each scanner."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import text, whole


class GlyphSet(models.Model):
    """The glyphs of the screens of one scanner model and software version."""

    manufacturer = text()
    model = text()
    software_versions = text()
    """"" for any."""
    source = text()
    """Where it came from: trained here, or the file it was imported from."""
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "model", "software_versions"], name="glyph_set_scanner"
            )
        ]

    def __str__(self) -> str:
        return " ".join((self.manufacturer, self.model, self.software_versions)).strip()


class KnownGlyph(models.Model):
    """A shape and the text it stands for."""

    glyph_set = models.ForeignKey(GlyphSet, models.CASCADE, related_name="glyphs")
    width = models.IntegerField()
    height = models.IntegerField()
    bits = models.BinaryField()
    """As `kerma.screens.page.Glyph`."""
    text = models.TextField()
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    typed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["glyph_set", "width", "height", "bits"], name="glyph_once_in_set"
            )
        ]

    def __str__(self) -> str:
        return self.text


class ScreenStudy(models.Model):
    """The dose screens of one study, until they are believed and after."""

    class State(models.TextChoices):
        """What it waits for."""

        GLYPHS = "glyphs", "Unknown glyphs"
        REVIEW = "review", "To be reviewed"
        STORED = "stored", "Stored"
        REJECTED = "rejected", "No dose screen"

    study_instance_uid = models.TextField(unique=True)
    manufacturer = text()
    model = text()
    software_versions = text()
    station_name = text()
    state = models.CharField(max_length=8, choices=State.choices)
    layout = text()
    reading = models.JSONField(default=dict)
    """`kerma.screens.reading.Reading` as it was read, without what names the patient."""
    second_reading = models.JSONField(default=dict)
    """The same by the second opinion; empty where there is none."""
    corrected = models.JSONField(default=dict)
    """`ScreenTable` as a person confirmed or corrected it; empty before."""
    sop_instance_uid = text()
    """Of the report built from it; "" before."""
    unknown_glyphs = models.IntegerField(default=0)
    doubts = models.IntegerField(default=0)
    study_date = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    decided_at = models.DateTimeField(null=True)
    decided_why = text()
    """Why a person confirmed the table in spite of doubts."""
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-changed_at"], name="screen_study_state")]

    def __str__(self) -> str:
        return self.study_instance_uid


class ScreenPicture(models.Model):
    """One picture of a study's dose screens."""

    study = models.ForeignKey(ScreenStudy, models.CASCADE, related_name="pictures")
    sop_instance_uid = models.TextField()
    series_instance_uid = text()
    number = models.IntegerField(default=0)
    """Its place among the pictures of the study, from 0."""
    instance_number = whole()
    width = models.IntegerField(default=0)
    height = models.IntegerField(default=0)
    is_lossy = models.BooleanField(default=False)
    sealed_picture = text()
    """File of the encrypted PNG, what names the patient blanked; "" where it is not kept."""
    is_blanked = models.BooleanField(default=False)
    """Whether all that may name the patient is painted over."""
    sealed_object = text()
    """File of the encrypted object as it came, until the study is stored; "" after."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "sop_instance_uid"], name="screen_picture_once_in_study"
            )
        ]

    def __str__(self) -> str:
        return self.sop_instance_uid
