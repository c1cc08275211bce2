"""Django app of the command line: it has commands and nothing else."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    """The commands of the `kerma` program."""

    name = "kerma.cli"
    label = "kerma_cli"
