"""Which of the studies, series and objects that a node lists are fetched, and why.

Pure functions on plain records: no network, no database. The rule of thumb is to fetch of each
study the smallest thing that carries its dose.
"""
