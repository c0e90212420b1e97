"""The program as it is installed: built, put into an environment of its own, used where no checkout is in reach."""

import os
import re
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
import pytest
from browser.running import free_port
from PIL import Image

import margin_core
from margin_core.errors import SourceError
from margin_core.storage import bundled

ROOT = Path(__file__).resolve().parents[1]
NOT_BUILT = ignore_patterns("__pycache__", "*.margin", "*.egg-info", "build", "dist", "node_modules", "out", ".*_cache")
FOLDERS = (".streamlit", "assets", "dashboard", "margin_core", "sample_data")
FILES = ("LICENSE", "MANIFEST.in", "README.md", "margin_dashboard.py", "pyproject.toml", "setup.py")
HAS_BUNDLED = "from margin_core.storage.bundled import bundled_study; print(bundled_study({!r}))"


def call(*command, cwd, env=None):
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the source distribution, which so holds what a build needs."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    for name in FOLDERS:
        copytree(ROOT / name, source / name, ignore=NOT_BUILT)
    for name in FILES:
        (source / name).write_bytes((ROOT / name).read_bytes())
    build = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
    archive = call(sys.executable, "-c", build, folder, cwd=source).split()[-1]
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir", "-q", "-w", folder)
    call(sys.executable, "-m", "pip", "wheel", *options, folder / archive, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


class Installed:
    """An environment with the wheel; all else is that of the tests, without what these install as editable."""

    def __init__(self, folder, wheel):
        self.folder = folder / "away"
        self.folder.mkdir()
        venv = folder / "venv"
        call(sys.executable, "-m", "venv", "--without-pip", venv, cwd=folder)
        self.python = venv / "bin" / "python"
        options = ("--no-deps", "--no-index", "--no-compile", "--ignore-installed", "-q")
        call(sys.executable, "-m", "pip", "--python", self.python, "install", *options, wheel, cwd=folder)
        own = call(self.python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", cwd=folder).strip()
        self.packages = Path(own)
        # Paths named here are searched after the environment's own; .pth files in them are not read.
        places = {sysconfig.get_paths()[name] for name in ("purelib", "platlib")}
        (self.packages / "dependencies.pth").write_text("\n".join(sorted(places)) + "\n")
        left_out = {"PYTHONPATH", "MARGIN_HOSTS", "PYTHONDONTWRITEBYTECODE"}
        self.env = {name: value for name, value in os.environ.items() if name not in left_out} | {
            "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "OMP_NUM_THREADS": "1",
        }  # fmt: skip

    def run(self, *command):
        return call(*command, cwd=self.folder, env=self.env)

    def code(self, text):
        return self.run(self.python, "-c", text).strip()

    def margin(self, *arguments):
        return self.run(self.python.with_name("margin"), *arguments)

    @contextmanager
    def server(self, *arguments):
        """`margin open`; yields its address."""
        port = free_port()
        log = self.folder / f"{port}.log"
        with log.open("wb") as written:
            command = [self.python.with_name("margin"), "open", *map(str, arguments), "--port", str(port)]
            process = subprocess.Popen(command, cwd=self.folder, env=self.env, stdout=written, stderr=written)
        try:
            address = f"http://127.0.0.1:{port}"
            last = time.monotonic() + 60
            while "MARGIN is open" not in log.read_text():
                assert process.poll() is None and time.monotonic() < last, log.read_text()
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


def status(address):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


def linked_files(page):
    """Return the program files that a page of Streamlit loads at first."""
    return re.findall(r'(?:src|href)="\./([^"]+\.(?:js|css|woff2|png|ico))"', page)


def check_page(installed, address):
    code, page = status(f"{address}/")
    assert code == 200
    files = linked_files(page.decode())
    assert any(name.endswith(".js") for name in files) and any(name.endswith(".css") for name in files)
    styles = b"".join(status(f"{address}/{name}")[1] for name in files if name.endswith(".css"))
    fonts = [f"static/media/{name}" for name in set(re.findall(r"media/([\w.-]+\.woff2)", styles.decode()))]
    own = installed.code(
        "import margin_dashboard; from dashboard.server.program import FILES, VERSION;"
        "print(*(f'margin/program/{VERSION}/{name}' for name in FILES))"
    ).split()
    assert {name.rpartition(".")[2] for name in own} == {"js", "css"} and len(own) > 50
    for name in [*files, *fonts, *own]:
        code, content = status(f"{address}/{name}")
        assert code == 200 and content, name


KEY = """
from pathlib import Path
import margin_dashboard
from dashboard.study.registry import OpenRequest, StudyRegistry
studies = StudyRegistry()
studies.open(OpenRequest(Path({!r}).resolve(), allow_code=True))
print(*studies._by_study)
studies.close()
"""


def check_picture(installed, address, source):
    """A picture of the study that is open, by the address that its pages use."""
    last = time.monotonic() + 60
    while status(f"{address}/margin/{installed.code(KEY.format(str(source)))}/picture/0")[0] != 200:
        assert time.monotonic() < last
        time.sleep(0.2)


def test_the_bundled_studies_are_found_by_name():
    assert bundled.bundled_study("digits").samefile(ROOT / "sample_data" / "digits")
    with pytest.raises(
        SourceError, match=r"No study 'cifar' comes with the program; there are: digits, fashion, trashnet\."
    ):
        bundled.bundled_study("cifar")


@pytest.mark.slow
def test_the_wheel_holds_everything_that_the_program_reads(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    kinds = (".py", ".js", ".css", ".d.ts")
    modules = [path for path in (ROOT / "dashboard").rglob("*") if path.name.endswith(kinds)]
    core = {path.relative_to(ROOT).as_posix() for path in (ROOT / "margin_core").rglob("*") if path.suffix}
    assert not {name for name in core if "__pycache__" not in name} - names
    read = [ROOT / ".streamlit" / "config.toml", *(ROOT / "assets").glob("*.*"), *(ROOT / "assets").glob("fonts/*")]
    studies = [path for path in (ROOT / "sample_data").glob("*/**/*") if ".margin" not in str(path)]
    wanted = {path.relative_to(ROOT).as_posix() for path in (*modules, *read, *studies) if path.is_file()}
    assert not {f"margin_dashboard/{name}" for name in wanted} - names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"margin_core", "margin_dashboard", f"margin_dashboard-{margin_core.__version__}.dist-info"}
    assert not [name for name in names if "screenshots" in name or "__pycache__" in name]


@pytest.mark.slow
def test_an_installed_wheel_works_where_no_checkout_is(installed):
    places = installed.code(
        "import importlib.util, margin_core; print(margin_core.__file__, importlib.util.find_spec('dashboard'))"
    )
    assert places == f"{installed.packages / 'margin_core' / '__init__.py'} None"
    assert installed.margin("--version") == f"margin {margin_core.__version__}\n"
    about = "from importlib.metadata import version; print(version('margin-dashboard'))"
    assert installed.code(about) == margin_core.__version__
    assert "label_flips" in installed.margin("tasks")


@pytest.mark.slow
def test_the_bundled_study_is_audited_and_opened_from_the_wheel(installed):
    source = Path(installed.code(HAS_BUNDLED.format("trashnet")))
    assert source.is_relative_to(installed.packages)
    before = sorted(installed.packages.rglob("*.margin"))
    assert "label_flips" in installed.margin("audit", source, "--task", "label_flips", "--out", "report")
    with installed.server() as address:
        check_page(installed, address)
        check_picture(installed, address, source)
    assert sorted(installed.packages.rglob("*.margin")) == before == []
    assert (Path(installed.env["XDG_DATA_HOME"]) / "margin" / "trashnet.margin").is_dir()


@pytest.mark.slow
def test_a_folder_of_pictures_is_audited_and_opened_from_the_wheel(installed):
    random = np.random.default_rng(0)
    for kind in ("cat", "dog"):
        (installed.folder / "pets" / kind).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(0, 255, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(installed.folder / "pets" / kind / f"{number}.png")
    assert "label_flips" in installed.margin("audit", "pets", "--task", "label_flips")
    assert (installed.folder / "pets.margin").is_dir()
    with installed.server("pets") as address:
        check_page(installed, address)
        check_picture(installed, address, installed.folder / "pets")
