"""What can be wrong with a request or a command, one exception each."""

from __future__ import annotations

from collections.abc import Sequence


class RequestError(ValueError):
    """Root of what a client can do wrong; the text is one line, fit for a person.

    ``extra`` explains the error to a program (``parameter``, ``known``, ``limit`` ...).
    """

    def __init__(self, message: str, **extra: object) -> None:
        super().__init__(message)
        self.extra = extra


class ParameterError(RequestError):
    """A query parameter is missing, given twice, or has a value that cannot be used."""

    def __init__(self, parameter: str, message: str, **extra: object) -> None:
        super().__init__(message, parameter=parameter, **extra)


class UnknownParameterError(RequestError):
    """A query parameter has a name that this resource does not know."""

    def __init__(self, parameter: str, known: Sequence[str]) -> None:
        listed = ", ".join(known) if known else "none"
        super().__init__(
            f"unknown parameter {parameter!r}; known here: {listed}", parameter=parameter, known=list(known)
        )


class InputError(RequestError):
    """An input of a process has a value that cannot be used; ``pointer`` says where it stands in the body."""

    def __init__(self, pointer: str, message: str, **extra: object) -> None:
        super().__init__(message, pointer=pointer, **extra)


class UnknownProcessError(RequestError):
    """There is no process of this name."""


class UnknownJobError(RequestError):
    """There is no job of this id."""


class NotReadyError(RequestError):
    """A job has no results yet."""


class FailedJobError(RequestError):
    """A job has failed by what it was given, and has no results."""


class ForeignPostError(RequestError):
    """A request that changes something comes from a page of another site."""


class UnbuiltError(RequestError):
    """An edition is known and has to be built before it can answer; nothing but a job builds it."""


class BodyError(RequestError):
    """The body of a request is not what it should be."""


class MediaTypeError(RequestError):
    """The body of a request is of a kind that is not read here."""


class NotAcceptableError(RequestError):
    """The answer is wanted in a form that it cannot have."""


class ReportFileError(RequestError):
    """A file is no report of ours, or one that was damaged."""


class NoReportsError(NotAcceptableError):
    """Reports cannot be made here: a package, a font or a letter is missing."""


class StorageError(Exception):
    """The disk has no room for what a request needs kept; its text is one line."""


class TooMuchError(RequestError):
    """A request is larger than a limit."""


class BusyError(RequestError):
    """The service is at work for others, and a request cannot be answered before they are done."""


class UnknownThingError(RequestError):
    """A collection, feature or download that does not exist."""


class CommandError(ValueError):
    """What is wrong with a command; its text is one line."""
