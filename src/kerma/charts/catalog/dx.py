"""Charts of radiography."""

from kerma.charts.base import offer

_ALL = "plain histogram over-time violin cumulative funnel control"
"""Forms that every dose has."""

offer("DX", "acquisition", "frequency", "plain over-time")
offer("DX", "acquisition", "dap", f"{_ALL} mass")
offer("DX", "acquisition", "mas", f"{_ALL} mass")
offer("DX", "acquisition", "kvp", f"{_ALL} mass")
offer("DX", "standard-acquisition", "frequency", "plain over-time")
offer("DX", "standard-acquisition", "dap", f"{_ALL} mass")
offer("DX", "standard-acquisition", "mas", f"{_ALL} mass")
offer("DX", "standard-acquisition", "kvp", f"{_ALL} mass")
offer("DX", "study", "frequency", "plain over-time")
offer("DX", "study", "dap", f"{_ALL} mass")
offer("DX", "study", "events", _ALL)
offer("DX", "request", "frequency", "plain over-time")
offer("DX", "request", "dap", f"{_ALL} mass")
offer("DX", "request", "events", _ALL)
offer("DX", "standard-study", "frequency", "plain over-time")
offer("DX", "standard-study", "dap", f"{_ALL} mass")
offer("DX", "standard-study", "events", _ALL)
offer("DX", "study", "workload")
