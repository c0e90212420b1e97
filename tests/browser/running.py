"""`margin open` as a process of its own, which a test may kill and start again."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUNDLED = REPOSITORY / "sample_data"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 90.0


def margin(*arguments: str | Path) -> list[str]:
    """Write the command line of a command."""
    return [sys.executable, "-m", "margin_core", *map(str, arguments)]


def quiet_environment(program: Path = REPOSITORY) -> dict[str, str]:
    """Return an environment with one thread a library, for the browser needs cores too, and the program of a folder."""
    paths = [str(program), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(paths)}


def free_port() -> int:
    """Find a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningDashboard:
    """One server, by the command a user types."""

    def __init__(self, source: Path, folder: Path, *options: str | Path, program: Path = REPOSITORY) -> None:
        self.port = free_port()
        self.source = source
        self.folder = folder
        self._command = margin("open", source, "--port", str(self.port), *options)
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = quiet_environment(program)
        self.start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """What it wrote on its standard error so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def start(self, path: str = "/_stcore/health") -> None:
        """Start it, and wait until it answers to a path."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        last = time.monotonic() + PATIENCE
        while not self._answers(path):
            if self._process.poll() is not None or time.monotonic() > last:
                raise RuntimeError(f"The dashboard did not start:\n{self.output}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as Ctrl-C would."""
        self._end(signal.SIGINT)

    def _end(self, by: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(by)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _answers(self, path: str) -> bool:
        # Not urllib, which may ask a proxy.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
