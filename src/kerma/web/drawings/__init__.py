"""How the numbers of a chart are drawn: a file for each form."""
