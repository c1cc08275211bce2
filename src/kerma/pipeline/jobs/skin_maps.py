"""The job that makes skin dose maps anew where geometry, calibration or body have changed."""

from typing import Any

from django.db import transaction

from kerma.pipeline import skin_dose
from kerma.pipeline.to_the_end import asked_by
from kerma.store import audit, jobs
from kerma.store.jobs import Job, Progress
from kerma.store.models import Study


def _run(
    progress: Progress, manufacturer: str = "", model: str = "", system: int = 0
) -> dict[str, Any]:
    """Look at all fluoroscopy studies, or at those of a model or a system."""
    wanted = Study.objects.filter(modality=skin_dose.MODALITY)
    if manufacturer or model:
        wanted = wanted.filter(
            device__manufacturer__iexact=manufacturer, device__model__iexact=model
        )
    if system:
        wanted = wanted.filter(system=system)
    numbers = list(wanted.order_by("-date_time", "-pk").values_list("pk", flat=True))
    made = 0
    for done, number in enumerate(numbers, 1):
        made += _made(number)
        progress.tell(done, len(numbers))
    audit.write(asked_by(progress), "make skin dose maps", studies=len(numbers), changed=made)
    return {"done": len(numbers), "changed": made}


@transaction.atomic
def _made(number: int) -> bool:
    """Make one map; return whether it is another one than before."""
    study = Study.objects.select_related("device").filter(pk=number).first()
    if study is None:
        return False
    return skin_dose.make_now(study)[1]


jobs.add(
    Job(
        "skin-maps",
        "Make skin dose maps anew",
        _run,
        effect="Studies looked at so far have their new map, the others their old one.",
    )
)
