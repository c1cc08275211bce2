"""The size of CT patients as their axial images show it."""

from django.db import models

from kerma.store.models.fields import number, text, whole


class CtImageSize(models.Model):
    """The images of one acquisition in a series; no pixels, and nothing that names the patient.

    They may arrive before the report, after it, or without one, so that there is no study here.
    """

    study_instance_uid = models.TextField()
    series_instance_uid = models.TextField()
    irradiation_event_uid = text()
    """That of the images; "" where they have none."""
    acquisition_number = text()
    """As in the images, "" where they have none."""
    series_number = whole()
    images = models.IntegerField()
    """How many were measured."""
    mean_mm = models.FloatField()
    minimum_mm = models.FloatField()
    maximum_mm = models.FloatField()
    middle_mm = number()
    """Of the image in the middle of the range."""
    cut_off_share = models.FloatField()
    """Of the images that do not show the whole patient."""
    method = text()
    sections = models.JSONField(default=dict)
    """SOP Instance UID -> position in mm or null, diameter in mm, whether it is cut off."""
    measured_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "study_instance_uid",
                    "series_instance_uid",
                    "irradiation_event_uid",
                    "acquisition_number",
                ],
                name="ct_image_size_identity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.images} images of {self.mean_mm:.0f} mm"
