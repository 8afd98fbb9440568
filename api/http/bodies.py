"""Requests with bodies: let in, the body taken in whole, its media type checked, answered in turns."""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import IO, Any, BinaryIO, cast

from flask import Response, current_app, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from api.batches.encodings import encodings_read, known_encoding
from api.errors import BodyError, BusyError, MediaTypeError, StorageError
from api.http.admission import (
    LIGHT_BYTES,
    LONGEST_WAIT_S,
    Admission,
    Deadline,
    Entry,
    answer_bytes,
    check_decoded,
)

# Media type and parameters (RFC 9110, 8.3.1).
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_PARAMETER = rf'{_WORD}=(?:{_WORD}|"(?:[^"\\]|\\.)*+")'
_CONTENT_TYPE = re.compile(rf"{_WORD}/{_WORD}(?:[ \t]*+;[ \t]*+(?:{_PARAMETER})?+)*+[ \t]*+")
_IN_MEMORY_BYTES = 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_NO_ROOM = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE),
    *(errno.ENOENT, errno.EROFS, errno.EACCES),  # the folder for temporary files is gone, or shut
)


def admitted(*, is_heavy: bool = False) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """For views of requests with bodies: whom the worker takes on (see `Admission`), and for how long.

    With `is_heavy` all are heavy, else those with long bodies. The body is taken in before anything is
    decided but its length, for an answer to one still on its way may be lost with the connection.
    """

    def decorated(view: Callable[[], Response]) -> Callable[[], Response]:
        @wraps(view)
        def gated() -> Response:
            admission = cast(Admission, current_app.extensions["admission"])
            with ExitStack() as held:
                try:
                    g.entry = held.enter_context(admission.inside())
                except BusyError:
                    while request.stream.read(_BLOCK_BYTES):
                        pass
                    raise
                g.body, length = _body(held)
                if is_heavy or length > LIGHT_BYTES:
                    admission.weigh(g.entry, length + answer_bytes(length), is_heavy=True)
                with admission.turn(g.entry, LONGEST_WAIT_S):
                    g.deadline = Deadline(float(current_app.config["MAX_REQUEST_S"]))
                    response = view()
                if response.is_streamed:
                    until_sent = held.pop_all()
                    response.response = _in_turns(admission, g.entry, response.response, until_sent)
                    response.call_on_close(until_sent.close)
            return response

        return gated

    return decorated


def _in_turns(admission: Admission, entry: Entry, pieces: Iterable[Any], held: ExitStack) -> Iterator[Any]:
    """An answer of which each piece is made in a turn, and sent out of it; `held` is closed at its end."""
    rest = iter(pieces)
    with held:
        while True:
            with admission.turn(entry):
                piece = next(rest, None)
            if piece is None:
                return
            yield piece


def deadline() -> Deadline:
    """When the time of this request is over."""
    return cast(Deadline, g.deadline)


def whole_body() -> BinaryIO:
    """The body of an admitted request as a file, at its beginning.

    Raises `MediaTypeError`: it is compressed (such bodies are not read, however small they look);
    `BodyError`: it is empty.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise MediaTypeError("compressed bodies are not read; send the body as it is")
    body = cast(BinaryIO, g.body)
    if not body.read(1):
        raise BodyError("the body is empty")
    body.seek(0)
    return body


def json_body() -> bytes:
    """The bytes of the JSON body of an admitted request, counted before they are decoded.

    Raises `MediaTypeError`, `BodyError`; `TooMuchError`: it would take more memory than one request may;
    `BusyError`: others leave no room for it.
    """
    body = whole_body().read()
    size = check_decoded(body, int(current_app.config["MAX_REQUEST_MEMORY_MB"]))
    if size > LIGHT_BYTES:
        current_app.extensions["admission"].weigh(g.entry, size + answer_bytes(len(body)))
    return body


def body_of_kind(known: Sequence[str]) -> str:
    """The media type of the body, which must be one of the known ones. Raises `MediaTypeError`."""
    kind = request.mimetype
    if kind not in known:
        given = f"{kind[:80]!r} is" if kind else "a missing Content-Type is"
        listed = " or ".join(filter(None, (", ".join(known[:-1]), known[-1])))
        raise MediaTypeError(f"{given} not read here; send {listed}", known=list(known))
    if not _CONTENT_TYPE.fullmatch(
        request.headers.get("Content-Type", "")
    ):  # else what is no text is left out
        raise MediaTypeError(
            f"the parameters of the Content-Type cannot be read; send {kind}", known=list(known)
        )
    if request.mimetype_params.get("header", "present").lower() != "present":
        raise MediaTypeError("a table without a header is not read here", known=list(known))
    return kind


def body_encoding(kinds: Sequence[str]) -> str | None:
    """The encoding that is told of a text, among bodies of these kinds; None of JSON, and where none is told.

    Raises `MediaTypeError`: it is none that is read.
    """
    charset = request.mimetype_params.get("charset")
    if charset is None or not request.mimetype.startswith("text/"):
        return None
    encoding = known_encoding(charset)
    if encoding is None:
        charsets = encodings_read()
        said = f"charset {charset[:40]!r} is not read here; known are {', '.join(charsets)}"
        raise MediaTypeError(said, known=list(kinds), charsets=list(charsets))
    return encoding


def _body(held: ExitStack) -> tuple[BinaryIO, int]:
    """The whole body, which is there until `held` is closed, and its length."""
    announced, limit = request.content_length or 0, request.max_content_length
    if limit is not None and announced > limit:
        raise RequestEntityTooLarge
    # What reaches its limit is too long for the stream, so it may have one byte more.
    most = None if limit is None else limit + 1
    stream, file = get_input_stream(request.environ, max_content_length=most), temporary_file(held)
    while block := _read(stream):
        write(file, block)
    length = rewound(file)
    if length < announced:  # the server takes the end of a connection for that of the body
        raise BodyError("the body is shorter than announced")
    return file, length


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_BLOCK_BYTES)
    # gunicorn decodes chunks while they are read, and says by its own error that they are broken.
    except (OSError, ParseException, ClientDisconnected) as error:
        raise BodyError("the body ends early, or its chunks cannot be read") from error


def temporary_file(held: ExitStack) -> BinaryIO:
    """A file that is gone when `held` is closed; small contents stay in memory."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, prefix="caspian-")  # noqa: SIM115
    held.callback(file.close)
    return cast(BinaryIO, file)


def write(file: BinaryIO, data: bytes) -> None:
    """Add to a temporary file. Raises `StorageError`: the disk has no room for more."""
    with _keeping():
        file.write(data)


def rewound(file: BinaryIO) -> int:
    """Go to the beginning of a temporary file; how many bytes it has. Raises `StorageError`."""
    with _keeping():
        length = file.tell()
        file.seek(0)
    return length


@contextmanager
def _keeping() -> Iterator[None]:
    """A block in which want of room becomes a `StorageError`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        said = "there is no room left to keep a body of this length while it is answered"
        raise StorageError(said) from error
