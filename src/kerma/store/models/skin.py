"""Skin dose maps, and what a site knows of the geometry of its fluoroscopy equipment."""

from django.db import models

from kerma.store.models.fields import number, text
from kerma.store.models.studies import Study
from kerma.store.models.systems import System


class SkinMap(models.Model):
    """The absorbed dose to the skin in one study."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="skin_map")
    state = models.CharField(max_length=20)
    """How far the geometry is to be trusted, or why there is no map."""
    reason = text()
    peak_skin_dose_gy = number()
    fraction_of_dap_on_phantom = number()
    method = models.JSONField(default=dict)
    phantom = models.JSONField(default=dict)
    result = models.BinaryField(null=True)
    """The map and what belongs to it, compressed."""
    inputs_hash = text()
    """Of all that went into it; another one means that it is to be made anew."""
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"skin map of study {self.study_id}"


class SkinGeometry(models.Model):
    """What a site says of the geometry of a model; goes before the data that come with Kerma."""

    manufacturer = models.TextField()
    model = models.TextField()
    software_version = text()
    """"" for every version."""
    state = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    comment = text()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "model", "software_version"], name="skin_geometry"
            )
        ]
        verbose_name_plural = "skin geometries"

    def __str__(self) -> str:
        return f"{self.manufacturer} {self.model} {self.software_version}"


class TubeCalibration(models.Model):
    """Measured over displayed dose of one tube from a day on."""

    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="calibrations")
    plane = text()
    """Meaning of the acquisition plane; "" for all planes."""
    factor = models.FloatField()
    valid_from = models.DateField()
    comment = text()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["system", "plane", "valid_from"], name="tube_calibration"
            )
        ]

    def __str__(self) -> str:
        return f"{self.factor} from {self.valid_from}"
