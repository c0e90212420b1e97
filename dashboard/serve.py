"""Serve the dashboard with one uvicorn process."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from dashboard.desk import DESK, Request
from dashboard.shell import Shell
from margin_core.errors import MarginError
from margin_core.study import ColumnNames
from margin_core.study.model_spec import ModelSpec
from margin_core.study.roots import declared_roots
from margin_core.workspace import SUFFIX, Workspace

ROOT = Path(__file__).resolve().parent.parent


class PortTaken(MarginError):
    """The port cannot be listened on: another program does already, or there is no such port."""


def serve(
    source: Path | None,
    *,
    model: str | None,
    columns: ColumnNames,
    workspace: str | None,
    database: str | None,
    host: str,
    port: int,
    roots: Sequence[Path],
) -> int:
    """Open a study and serve it until interrupted.

    Raises
    ------
    MarginError
        The source cannot be opened, or the port is taken.
    """
    for root in declared_roots(roots):
        DESK.allow(root)
    DESK.allow(ROOT / "sample_data")
    chosen = (source or ROOT / "sample_data" / "digits").resolve()
    DESK.allow(_folder_of(chosen))
    _check_port(host, port)
    # Whole paths throughout: what is opened later, and by another process, starts from another folder.
    request = Request(
        chosen,
        model=None if model is None else str(ModelSpec.of(model).absolute()),
        columns=columns,
        workspace=None if workspace is None else os.path.abspath(workspace),
        database=None if database is None else _whole_url(database),
        allow_code=True,
    )
    hosts = _names(host)
    os.environ["MARGIN_HOSTS"] = ",".join(hosts)
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from the current folder.
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    failure = _run(lambda: _load(request, address), hosts, host, port)
    if failure is not None:
        raise failure
    return 0


def _load(request: Request, address: str) -> ASGIApp:
    """Read the study and import the application, while the server answers with the frame of the page already."""
    gc.disable()  # What is imported stays; looking for garbage in it again and again takes a tenth of the start.
    DESK.ask(request)
    from dashboard.app import app

    gc.enable()
    print(f"MARGIN is open at {address}", file=sys.stderr, flush=True)
    return app


def _run(load: Callable[[], ASGIApp], hosts: Sequence[str], host: str, port: int) -> Exception | None:
    """Serve until interrupted, or until it is plain that there is nothing to serve; return why."""

    def stop() -> None:
        server.should_exit = True

    shell = Shell(load, stop, hosts)
    server = uvicorn.Server(
        uvicorn.Config(
            shell, host=host, port=port, log_config=None, access_log=False, ws_max_size=2**24,
            ws_per_message_deflate=False,  # Compressing what a rerun sends would take a third of the rerun.
        )
    )  # fmt: skip
    with suppress(KeyboardInterrupt):  # Raised again once everything has ended well.
        server.run()
    return shell.failure


def _folder_of(source: Path) -> Path:
    """Name the folder that a source opens to the browser: itself or its own; of a workspace, that of its data set."""
    facts = Workspace.at(source).facts() if source.suffix == SUFFIX and source.is_dir() else None
    made_from = None if facts is None else facts.get("source")
    data = (source.parent / made_from).resolve() if isinstance(made_from, str) else source
    return data if data.is_dir() else data.parent


def _whole_url(database: str) -> str:
    """Name the file of an SQLite database by its full path."""
    scheme, slashes, file = database.partition(":///")
    is_file = scheme.startswith("sqlite") and file and not file.startswith((":", "file:"))
    return f"{scheme}{slashes}{os.path.abspath(file)}" if is_file else database


def _names(host: str) -> list[str]:
    """List the names under which the server may be asked for: the address it serves on, or all of this machine's."""
    if host not in ("0.0.0.0", "::"):
        return [f"[{host}]" if ":" in host else host]
    own = socket.gethostname()
    found = {entry[4][0] for entry in socket.getaddrinfo(own, None)}
    return [own, socket.getfqdn(), *sorted(f"[{name}]" if ":" in str(name) else str(name) for name in found)]


def _check_port(host: str, port: int) -> None:
    if not 0 < port < 65536:
        raise PortTaken(f"There is no port {port}. Choose one with --port, between 1024 and 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}:{port} ({error.strerror}). Choose another with --port {port + 1}, "
                "or close what runs there."
            ) from error
