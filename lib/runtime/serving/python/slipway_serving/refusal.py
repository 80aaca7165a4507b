"""Why a server does not start."""


class Refusal(Exception):
    """Said in one line, without a stack trace; the process then ends with `exit_code`."""

    # Wrong settings, a changed model, a model that cannot be loaded: started again it would end the same way.
    exit_code = 3


class MissingPackage(Refusal):
    """The Python that runs the server lacks a package it needs."""

    exit_code = 5
