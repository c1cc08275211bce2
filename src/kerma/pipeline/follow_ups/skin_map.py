"""The skin dose map of a fluoroscopy study that is new or has changed."""

from kerma.pipeline import follow_up, skin_dose
from kerma.pipeline.follow_up import FollowUp

follow_up.registry.add(FollowUp("skin-map", 20, frozenset({skin_dose.MODALITY}), skin_dose.follow))
