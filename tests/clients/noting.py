"""The service as a process that notes what items it is asked for: what clients leave to the server.

``python -m tests.clients.noting FOLDER NOTES`` prints its address; each query is a line of the file NOTES.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import make_server

from api.application import create_app
from zones.editions.store import Store


def main(folder: str, notes: str) -> None:
    application = create_app(store=Store(Path(folder)))

    def noting(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].endswith("/items"):
            with Path(notes).open("a", encoding="utf-8") as file:
                file.write(environ["QUERY_STRING"] + "\n")
        return application(environ, start_response)

    with make_server("127.0.0.1", 0, noting) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
