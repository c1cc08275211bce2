"""Charts of fluoroscopy. A study's duration is its fluoroscopy time: pedal pressed."""

from kerma.charts.base import offer

_ALL = "plain histogram over-time violin cumulative funnel control"
"""Forms that every dose has."""

offer("RF", "acquisition", "frequency", "plain over-time")
offer("RF", "acquisition", "dap", f"{_ALL} mass")
offer("RF", "acquisition", "rp-dose", f"{_ALL} mass")
offer("RF", "acquisition", "duration", _ALL)
offer("RF", "standard-acquisition", "frequency", "plain over-time")
offer("RF", "standard-acquisition", "dap", f"{_ALL} mass")
offer("RF", "standard-acquisition", "rp-dose", f"{_ALL} mass")
offer("RF", "standard-acquisition", "duration", _ALL)
offer("RF", "study", "frequency", "plain over-time")
offer("RF", "study", "dap", f"{_ALL} mass")
offer("RF", "study", "rp-dose", f"{_ALL} mass")
offer("RF", "study", "duration", _ALL)
offer("RF", "study", "events", _ALL)
offer("RF", "request", "frequency", "plain over-time")
offer("RF", "request", "dap", f"{_ALL} mass")
offer("RF", "request", "rp-dose", f"{_ALL} mass")
offer("RF", "request", "duration", _ALL)
offer("RF", "request", "events", _ALL)
offer("RF", "standard-study", "frequency", "plain over-time")
offer("RF", "standard-study", "dap", f"{_ALL} mass")
offer("RF", "standard-study", "rp-dose", f"{_ALL} mass")
offer("RF", "standard-study", "duration", _ALL)
offer("RF", "standard-study", "events", _ALL)
offer("RF", "study", "workload")
