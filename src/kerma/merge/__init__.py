"""Records of several sources in, one record a study out: pure, in any order the same."""

from kerma.merge.events import event_keys
from kerma.merge.modality import modality_by_content
from kerma.merge.study import MergedStudy, merge

__all__ = ["MergedStudy", "event_keys", "merge", "modality_by_content"]
