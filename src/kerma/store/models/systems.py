"""Devices as the objects name them, and systems as people call them."""

from typing import ClassVar

from django.db import models

from kerma.store.models.fields import text


class System(models.Model):
    """What people call the room: one or more devices under one display name."""

    class Modality(models.TextChoices):
        """What an administrator may say a system is."""

        CT = "CT", "CT"
        RF = "RF", "Fluoroscopy"
        DX = "DX", "Radiography"
        DUAL = "Dual", "Radiography and fluoroscopy"
        MG = "MG", "Mammography"
        NM = "NM", "Nuclear medicine"
        OT = "OT", "Other"

    display_name = models.TextField(unique=True)
    user_defined_modality = models.CharField(
        max_length=4, choices=Modality.choices, blank=True, default=""
    )
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.display_name


class Device(models.Model):
    """The exact identity of a piece of equipment as objects of one kind write it."""

    class Kind(models.TextChoices):
        """What the device was told apart by."""

        REPORT = "report", "Dose reports"
        IMAGE = "image", "Images"

    IDENTITY: ClassVar = (
        "manufacturer",
        "institution",
        "station_name",
        "department",
        "model",
        "serial_number",
        "software_versions",
        "gantry_id",
    )

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="devices")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    manufacturer = text()
    institution = text()
    station_name = text()
    department = text()
    model = text()
    serial_number = text()
    software_versions = text()
    gantry_id = text()
    device_observer_uid = text(db_index=True)
    """"" for images, for devices stored before it was known, and where it is not to be trusted."""
    identity_hash = models.CharField(max_length=32, db_index=True)
    """Hash of the eight attributes, so that one short index finds them."""
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_hash", "kind", "device_observer_uid"], name="device_identity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer} {self.model} {self.station_name} ({self.kind})"


class UntrustedObserverModel(models.Model):
    """A model whose reports carry a device observer UID that does not name the device."""

    model = models.TextField(unique=True, help_text="Manufacturer's Model Name, exactly.")

    def __str__(self) -> str:
        return self.model
