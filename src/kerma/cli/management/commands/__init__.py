"""One file per command of the `kerma` program."""
