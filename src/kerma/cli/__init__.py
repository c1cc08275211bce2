"""The `kerma` program: one file per command."""
