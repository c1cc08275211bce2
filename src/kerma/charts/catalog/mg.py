"""Charts of mammography. A study's AGD is that of the side with the greater sum."""

from kerma.charts.base import offer

_ALL = "plain histogram over-time violin cumulative funnel control"
"""Forms that every dose has."""

offer("MG", "acquisition", "frequency", "plain over-time")
offer("MG", "acquisition", "agd", f"{_ALL} thickness thickness-binned")
offer("MG", "acquisition", "mas", f"{_ALL} thickness thickness-binned")
offer("MG", "acquisition", "kvp", f"{_ALL} thickness thickness-binned")
offer("MG", "acquisition", "dap", f"{_ALL} thickness")
offer("MG", "standard-acquisition", "frequency", "plain over-time")
offer("MG", "standard-acquisition", "agd", f"{_ALL} thickness thickness-binned")
offer("MG", "standard-acquisition", "mas", f"{_ALL} thickness thickness-binned")
offer("MG", "standard-acquisition", "kvp", f"{_ALL} thickness thickness-binned")
offer("MG", "standard-acquisition", "dap", f"{_ALL} thickness")
offer("MG", "study", "frequency", "plain over-time")
offer("MG", "study", "agd", _ALL)
offer("MG", "study", "events", _ALL)
offer("MG", "request", "frequency", "plain over-time")
offer("MG", "request", "agd", _ALL)
offer("MG", "request", "events", _ALL)
offer("MG", "standard-study", "frequency", "plain over-time")
offer("MG", "standard-study", "agd", _ALL)
offer("MG", "standard-study", "events", _ALL)
offer("MG", "study", "workload")
