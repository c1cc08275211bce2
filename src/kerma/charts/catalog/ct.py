"""Charts of computed tomography. A study's CTDIvol is the greatest of its events."""

from kerma.charts.base import offer

_ALL = "plain histogram over-time violin cumulative funnel control"
"""Forms that every dose has."""

offer("CT", "acquisition", "frequency", "plain over-time")
offer("CT", "acquisition", "dlp", f"{_ALL} mass")
offer("CT", "acquisition", "ctdivol", f"{_ALL} mass")
offer("CT", "standard-acquisition", "frequency", "plain over-time")
offer("CT", "standard-acquisition", "dlp", f"{_ALL} mass")
offer("CT", "standard-acquisition", "ctdivol", f"{_ALL} mass")
offer("CT", "study", "frequency", "plain over-time")
offer("CT", "study", "dlp", f"{_ALL} mass")
offer("CT", "study", "ctdivol", f"{_ALL} mass")
offer("CT", "study", "events", _ALL)
offer("CT", "request", "frequency", "plain over-time")
offer("CT", "request", "dlp", f"{_ALL} mass")
offer("CT", "request", "ctdivol", f"{_ALL} mass")
offer("CT", "request", "events", _ALL)
offer("CT", "standard-study", "frequency", "plain over-time")
offer("CT", "standard-study", "dlp", f"{_ALL} mass")
offer("CT", "standard-study", "ctdivol", f"{_ALL} mass")
offer("CT", "standard-study", "events", _ALL)
offer("CT", "study", "workload")
