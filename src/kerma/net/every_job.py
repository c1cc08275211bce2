"""Every kind of background work there is, loaded: a task names its job, and the worker needs it."""

from kerma.net import jobs as net_jobs
from kerma.pipeline import jobs as pipeline_jobs
from kerma.registry import load_all


def load() -> None:
    """Import every job, so that it is registered."""
    load_all(pipeline_jobs)
    load_all(net_jobs)
