"""Studies with dose screens whose objects came together: complete at once."""

from kerma.errors import KermaError
from kerma.pipeline import collected
from kerma.pipeline.ingest import Outcome
from kerma.pipeline.screens import gather, settle, stock
from kerma.store.models import CollectedStudy


def complete(study_instance_uid: str) -> Outcome:
    """Read a study of which a batch brought screens, with the images seen beside them."""
    uid = study_instance_uid
    gather.add_latest(uid)
    study = CollectedStudy.objects.filter(study_instance_uid=uid).first()
    folder = collected.folder_of(study) if study else stock.folder_of(uid)
    try:
        outcome = settle.take(uid, folder)
    except KermaError as error:
        outcome = Outcome(path=uid, outcome="refused", reason=str(error), study_instance_uid=uid)
    if study is not None:
        collected.done(study)
    return outcome
