"""Standard names: what a site calls its examinations and acquisitions, whatever devices write."""

from django.db import models

from kerma.store.models.fields import number, text


class StandardName(models.Model):
    """One name of a modality, for studies or for acquisitions."""

    class Level(models.TextChoices):
        """What it names."""

        STUDY = "study", "Studies"
        ACQUISITION = "acquisition", "Acquisitions"

    modality = models.CharField(max_length=2)
    level = models.CharField(max_length=11, choices=Level.choices)
    name = models.TextField()
    radlex_code = text()
    """RadLex Playbook identifier (RPID…)."""
    loinc_code = text()
    comment = text()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["modality", "level", "name"], name="standard_name")
        ]

    def __str__(self) -> str:
        return f"{self.modality} {self.level}: {self.name}"


class StandardNameRule(models.Model):
    """What leads to a standard name: a text of the study or event, exact or as a pattern."""

    class Field(models.TextChoices):
        """Where the text stands."""

        STUDY_DESCRIPTION = "study_description", "Study description"
        REQUESTED_PROCEDURE = "requested_procedure", "Requested procedure"
        PROCEDURE = "procedure", "Procedure"
        ACQUISITION_PROTOCOL = "acquisition_protocol", "Acquisition protocol"

    class Kind(models.TextChoices):
        """How the text is compared."""

        EXACT = "exact", "is exactly"
        REGEX = "regex", "matches"

    standard_name = models.ForeignKey(StandardName, on_delete=models.CASCADE, related_name="rules")
    field = models.CharField(max_length=20, choices=Field.choices)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.EXACT)
    pattern = models.TextField()
    precedence = models.IntegerField(default=100)
    """Of several rules that fit, that with the smallest number holds."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["standard_name", "field", "kind", "pattern"], name="standard_name_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.kind} {self.pattern}"


class ReferenceLink(models.Model):
    """Which procedure of a published set of reference levels a standard name stands for."""

    standard_name = models.ForeignKey(StandardName, on_delete=models.CASCADE, related_name="links")
    level_set = models.CharField(max_length=80)
    """Key of the set's data file."""
    procedure = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard_name", "level_set"], name="reference_link")
        ]

    def __str__(self) -> str:
        return f"{self.level_set} {self.procedure}"


class SiteReferenceLevel(models.Model):
    """A reference level of the site's own for a standard name."""

    standard_name = models.ForeignKey(StandardName, on_delete=models.CASCADE, related_name="levels")
    quantity = models.CharField(max_length=40)
    """Name with unit, e.g. `dlp_mgycm`."""
    phantom_cm = models.IntegerField(null=True)
    """Diameter of the CTDI phantom, 16 or 32, for CT."""
    band = text()
    """Key of the weight or age band; "" for adults."""
    value = models.FloatField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    source = text()
    number_of_patients = models.IntegerField(null=True)
    median = number()
    q3 = number()

    def __str__(self) -> str:
        return f"{self.quantity} {self.value}"
