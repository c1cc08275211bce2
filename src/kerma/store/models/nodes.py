"""The DICOM network: stores that receive, remote nodes that are queried, what arrives by them."""

from django.conf import settings
from django.db import models

from kerma.store.models.fields import text


class LocalStore(models.Model):
    """A DICOM store (storage SCP) of this site; scripts name it by its database id."""

    name = models.TextField(unique=True)
    ae_title = models.CharField(max_length=16)
    port = models.IntegerField(unique=True)
    is_ours = models.BooleanField(default=True)
    """Whether Kerma opens the port itself; otherwise another server, such as Orthanc, does."""
    enabled = models.BooleanField(default=True)
    address = text()
    """Address to listen on; "" means all."""
    any_called_title = models.BooleanField(default=True)
    """Whether senders may call it by another AE title."""
    calling_titles = text()
    """AE titles that may send, by commas; "" lets any."""
    calling_addresses = text()
    """Addresses or networks (192.0.2.0/24) that may send, by commas; "" lets any."""
    max_associations = models.IntegerField(default=50)
    max_object_mb = models.IntegerField(default=4096)
    tls = models.BooleanField(default=False)
    tls_certificate = text()
    """Path of the certificate chain, PEM."""
    tls_key = text()
    tls_client_authority = text()
    """Path of the authority that must have signed the certificates of clients; "" asks for none."""
    seen_at = models.DateTimeField(null=True)
    """When it last answered an echo."""
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.ae_title}:{self.port})"


class RemoteNode(models.Model):
    """A PACS or modality that can be queried; scripts name it by its database id."""

    class Way(models.TextChoices):
        """How objects are fetched."""

        MOVE = "move", "C-MOVE to a store"
        GET = "get", "C-GET on the same association"
        WEB = "web", "DICOMweb"

    name = models.TextField(unique=True)
    ae_title = models.CharField(max_length=16, blank=True, default="")
    calling_ae_title = models.CharField(max_length=16, blank=True, default="KERMA")
    """Ours, for this node."""
    host_name = text()
    """Used before the address."""
    address = text()
    port = models.IntegerField(default=104)
    way = models.CharField(max_length=4, choices=Way.choices, default=Way.MOVE)
    modality_in_study_query = models.BooleanField(default=False)
    tls = models.BooleanField(default=False)
    tls_authority = text()
    tls_certificate = text()
    tls_key = text()
    web_url = text()
    """Root of DICOMweb services, e.g. `https://pacs.example/dicom-web`."""
    web_user = text()
    web_password = text()
    """Sealed with the key of the site."""
    web_token = text()
    """Sealed."""
    delay_s = models.FloatField(default=0.0)
    """Pause between two requests, out of politeness."""
    timeout_s = models.IntegerField(default=60)
    seen_at = models.DateTimeField(null=True)
    """When it last answered an echo."""
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class ArrivalRule(models.Model):
    """What is done with some of the objects that arrive, before they are read for dose."""

    class Kind(models.TextChoices):
        """What is done."""

        IGNORE = "ignore", "Ignore"
        PHYSICS = "physics", "Keep as a physics study"
        COLLECT = "collect", "Collect the study of a scanner without reports"

    class Attribute(models.TextChoices):
        """What the pattern is compared with."""

        MANUFACTURER = "manufacturer", "Manufacturer"
        MODEL = "model", "Model name"
        STATION = "station_name", "Station name"
        SOFTWARE = "software_versions", "Software version"
        SERIAL = "serial_number", "Device serial number"
        PATIENT = "patient", "Patient name or ID"
        SCANNER = "scanner", "Manufacturer and model"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    attribute = models.CharField(max_length=20, choices=Attribute.choices)
    pattern = models.TextField()
    """Whole value without regard to case, `*` and `?` for any characters; names of physics
    studies: any part of the value."""
    model = text()
    """The model of a scanner; the pattern is its manufacturer then."""
    note = text()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "attribute", "pattern", "model"], name="arrival_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.attribute} {self.pattern}"


class Arrival(models.Model):
    """One object that came over the network or through a watched folder, and what became of it."""

    class Decision(models.TextChoices):
        """What became of it."""

        IMPORTED = "imported", "Imported"
        MERGED = "merged", "Merged into a stored study"
        DUPLICATE = "duplicate", "Already here"
        SKIPPED = "skipped", "Carries no dose"
        REFUSED = "refused", "In quarantine"
        IGNORED = "ignored", "Ignored by a rule"
        PHYSICS = "physics", "Kept as a physics study"
        COLLECTED = "collected", "Collected until the study is complete"

    spool_name = models.TextField(unique=True)
    """Name of the file in the spool, so that a replay after a crash is no second arrival."""
    arrived_at = models.DateTimeField()
    decided_at = models.DateTimeField(auto_now_add=True)
    came_by = models.CharField(max_length=20)
    """`receive`, `stow` or `watch`."""
    store = text()
    """AE title of the store, name of the token or of the folder."""
    caller = text()
    """AE title of the sender."""
    study_instance_uid = text(db_index=True)
    series_instance_uid = text()
    sop_instance_uid = text(db_index=True)
    modality = text()
    manufacturer = text()
    model = text()
    station_name = text()
    software_versions = text()
    serial_number = text()
    size_bytes = models.BigIntegerField(default=0)
    decision = models.CharField(max_length=9, choices=Decision.choices)
    reason = text()

    class Meta:
        indexes = [
            models.Index(fields=["arrived_at", "decision"], name="arrival_day"),
            models.Index(fields=["decision", "arrived_at"], name="arrival_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.sop_instance_uid}: {self.decision}"


class PhysicsStudy(models.Model):
    """A study of a physicist's test, kept as a zip file in the physics folder."""

    study_instance_uid = models.TextField(unique=True)
    file_name = models.TextField()
    """Of the zip file."""
    folder = models.TextField()
    """Name of the folder, beside the zip file, of the objects that are not in it yet."""
    is_packed = models.BooleanField(default=False)
    """Whether all of its objects are in the zip file."""
    study_date = models.DateField(null=True)
    study_description = text()
    modality = text()
    station_name = text()
    model = text()
    pattern = text()
    """That the patient's name or id met."""
    objects_kept = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "physics studies"

    def __str__(self) -> str:
        return self.study_instance_uid


class CollectedStudy(models.Model):
    """The objects of one study of a scanner without reports, together until it is read."""

    class State(models.TextChoices):
        """How far it is."""

        COLLECTING = "collecting", "Collecting"
        COMPLETE = "complete", "Complete, waiting to be read"
        READ = "read", "Read"

    study_instance_uid = models.TextField(unique=True)
    folder = models.TextField()
    manufacturer = text()
    model = text()
    station_name = text()
    objects_kept = models.IntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.COLLECTING)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    """When its last object came; it is complete some minutes later."""

    class Meta:
        verbose_name_plural = "collected studies"

    def __str__(self) -> str:
        return self.study_instance_uid


class WatchedFolder(models.Model):
    """A folder from which files are imported when they no longer change."""

    path = models.TextField(unique=True)
    enabled = models.BooleanField(default=True)
    stable_s = models.IntegerField(default=10)
    """Seconds for which a file must not have changed."""
    made_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(null=True)
    """When a worker last looked into it."""
    waiting = models.IntegerField(default=0)
    """Files that were there then and not taken yet."""
    trouble = text()
    """What could not be read, in sentences."""

    def __str__(self) -> str:
        return self.path


class ApiToken(models.Model):
    """What a program shows instead of a password; only its hash is kept."""

    name = models.TextField(unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    """Who made it."""
    made_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
