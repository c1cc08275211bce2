"""Computed doses of a study that is new or has changed, where the site switched them on."""

from kerma.pipeline import computed, follow_up
from kerma.pipeline.follow_up import FollowUp
from kerma.store.models import Study


def _act(study: Study) -> None:
    chosen = computed.choices()
    if chosen.of(study.modality) or study.computed:
        computed.compute(study.pk, chosen)


follow_up.registry.add(FollowUp("computed", 10, computed.MODALITIES, _act))
