"""Serve the dashboard with one uvicorn process.

Nothing heavy is imported here, so that the server answers before the study is read (docs/decisions/0013).
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import ASGIApp

from dashboard.server.shell import Shell
from margin_core.errors import MarginError

if TYPE_CHECKING:
    from margin_core.study.notes import Note


class PortTaken(MarginError):
    """The port cannot be listened on: another program does already, or there is no such port."""


def serve(
    source: Path | None,
    *,
    model: str | None,
    columns: Mapping[str, Any],
    workspace: str | None,
    database: str | None,
    host: str,
    port: int,
    roots: Sequence[Path],
    is_quiet: bool = False,
    say: Callable[[Sequence[Note]], None] | None = None,
    against: Path | None = None,
    download: bool = False,
    device: str = "auto",
) -> None:
    """Open a study and serve it until interrupted; unless quiet, say at which address.

    Parameters
    ----------
    say : callable, optional
        Gets the notes of what was read, once the study can be reviewed.
    against, download, device
        As for `application`.

    Raises
    ------
    MarginError
        The source cannot be opened, or the port is taken.
    """
    _check_port(host, port)
    hosts = host_names(host)
    os.environ["MARGIN_HOSTS"] = ",".join(hosts)

    def load() -> ASGIApp:
        gc.disable()  # What is imported stays; looking for garbage in it again and again takes a tenth of the start.
        from dashboard.server.start import application

        app = application(
            source, model, columns, workspace, database, roots, say, against=against, download=download, device=device
        )
        gc.enable()
        address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
        if not is_quiet:
            print(f"MARGIN is open at {address}", file=sys.stderr, flush=True)
        return app

    failure = run_shell(load, hosts, host, port)
    if failure is not None:
        raise failure


def run_shell(load: Callable[[], ASGIApp], hosts: Sequence[str], host: str, port: int) -> Exception | None:
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


def host_names(host: str) -> list[str]:
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
