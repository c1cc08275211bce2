"""Charts of nuclear medicine."""

from kerma.charts.base import offer

_ALL = "plain histogram over-time violin cumulative funnel control"
"""Forms that every dose has."""

offer("NM", "study", "frequency", "plain over-time")
offer("NM", "study", "activity", f"{_ALL} mass")
offer("NM", "request", "frequency", "plain over-time")
offer("NM", "request", "activity", f"{_ALL} mass")
offer("NM", "standard-study", "frequency", "plain over-time")
offer("NM", "standard-study", "activity", f"{_ALL} mass")
offer("NM", "study", "workload")
