"""The shape of the program, read off its syntax trees: arrows point one way, and nothing dangerous is called."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from dashboard.views import VIEWS

ROOT = Path(__file__).parents[1]

LAYERS = (
    "errors", "parameters", "storage", "values/arrays", "values/model", "study/models", "values", "bootstrap", "study",
    "domain", "graph", "function", "influence", "interpretation", "probe", "projection", "tasks/base", "protocol",
    "tasks/invertible", "tasks/label_flips", "tasks/prototypes", "tasks/decision_boundary", "tasks/saliency",
    "tasks/contextual_outliers", "tasks", "audit", "review", "report", "figures", "__init__", "cli", "__main__",
)  # fmt: skip
"""Parts of margin_core, each importing only from those before it; ``__init__`` is the public face."""

COMMAND = ROOT / "dashboard" / "command.py"
"""``margin open``, which the dashboard adds to the command line by an entry point."""

SOURCES = sorted((ROOT / "margin_core").rglob("*.py"))
FACES = sorted((ROOT / "dashboard").rglob("*.py"))
every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
every_file = pytest.mark.parametrize("path", SOURCES + FACES, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def package_of(path):
    return ".".join(path.relative_to(ROOT).parent.parts)


def imports_of(tree, package):
    """Return the dotted name of everything imported anywhere in a file, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def layer_of(path):
    parts = path.relative_to(ROOT / "margin_core").with_suffix("").parts
    inner = "/".join(parts[:2])
    return inner if inner in LAYERS else parts[0]


def layer_imported(name):
    """Return the layer that a ``margin_core...`` name belongs to; a name of the package itself is its public face."""
    parts = [*name.split("."), "", ""][1:3]
    inner = "/".join(parts)
    return inner if inner in LAYERS else parts[0] if parts[0] in LAYERS else "__init__"


def backward(path, tree):
    own = layer_of(path)
    for name in imports_of(tree, package_of(path)):
        if name.split(".")[0] == "margin_core":
            imported = layer_imported(name)
            if imported != own and LAYERS.index(imported) >= LAYERS.index(own):
                yield name


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_when_loaded(tree, package):
    """Yield what a file imports as it is loaded: not inside functions, not for type checkers alone."""
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports_of(ast.Module([node], []), package)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def circle_in(sources):
    """Return the modules of an import circle, or None; ``sources`` maps each module to what it imports."""
    state = {}

    def visit(module, trail):
        state[module] = "open"
        for other in sorted(sources[module]):
            if state.get(other) == "open":
                return [*trail[trail.index(other) :], other] if other in trail else [module, other]
            if other not in state:
                found = visit(other, [*trail, other])
                if found:
                    return found
        state[module] = "done"
        return None

    for module in sorted(sources):
        if module not in state:
            found = visit(module, [module])
            if found:
                return found
    return None


def imports_between(files):
    """Map each module to the modules among ``files`` that it imports; a name counts for its module."""
    modules = {module_of(path) for path in files}
    sources = {}
    for path in files:
        package = package_of(path)
        named = set()
        for name in imported_when_loaded(tree_of(path), package):
            while name and name not in modules:
                name = name.rpartition(".")[0]
            named.add(name)
        sources[module_of(path)] = named - {"", module_of(path)}
    return sources


def attributes_of(tree, base):
    """Return every ``base.<name>`` in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == base:
            yield node.attr


def test_every_part_of_the_core_has_its_layer():
    parts = {layer_of(path) for path in SOURCES}
    assert parts == set(LAYERS)


@every_source
def test_the_core_imports_one_way(path):
    assert not list(backward(path, tree_of(path)))


def test_no_circle_of_imports_in_the_core():
    assert circle_in(imports_between(SOURCES)) is None


def test_a_circle_of_imports_is_seen():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


@every_source
def test_the_core_knows_nothing_of_the_dashboard(path):
    tops = {name.split(".")[0] for name in imports_of(tree_of(path), package_of(path))}
    assert not tops & {"streamlit", "dashboard"}


def test_only_its_command_knows_the_command_line():
    for path in set(FACES) - {COMMAND}:
        names = set(imports_of(tree_of(path), package_of(path)))
        assert not any(name.startswith("margin_core.cli") for name in names), path


ROOMS = (
    "resources", "server.program", "server.guard", "server.moved", "server.shell", "server.turns",
    "study.payloads", "study.memory", "study.processes", "study.jobs", "study.pictures", "study.open_study",
    "study.parts",
    "study.search", "study.selections", "study.cards", "study.evidence", "study.error_probabilities", "study.truth",
    "study.registry",
    "server.http",
    "shared.components", "shared.menu", "shared.channels", "shared.cached", "shared.state",
    "shared.navigation", "shared.layout", "shared.background", "shared.sample_panel", "shared.thumbnail_grid",
    "shared.routes",
    "views.base", "views.*", "views",
    "menu", "router", "app", "server.start", "server.serve", "command",
)  # fmt: skip
"""Parts of the dashboard, each importing only from those before it; ``views.*`` are the folders of the views."""

VIEWS_FOLDER = ROOT / "dashboard" / "views"
VIEW_FOLDERS = sorted(path.name for path in VIEWS_FOLDER.iterdir() if (path / "__init__.py").is_file())


def room_of(name):
    """Return the part of the dashboard that a dotted name belongs to; empty for a package that only has a docstring."""
    parts = name.split(".")[1:]
    if parts[:1] == ["views"] and len(parts) > 1 and parts[1] in VIEW_FOLDERS:
        return "views.*"
    known = [".".join(parts[:length]) for length in (2, 1) if ".".join(parts[:length]) in ROOMS]
    return known[0] if known else ""


def view_of(name):
    """Return the folder of the view that a dotted name belongs to, or None."""
    return name.split(".")[2] if room_of(name) == "views.*" else None


def imports_of_dashboard(path):
    return [name for name in imports_of(tree_of(path), package_of(path)) if name.split(".")[0] == "dashboard"]


def test_every_part_of_the_dashboard_has_its_place():
    rooms = {room_of(module_of(path)) for path in FACES if len(tree_of(path).body) > 1}
    assert rooms == set(ROOMS)


every_face = pytest.mark.parametrize("path", FACES, ids=lambda path: str(path.relative_to(ROOT)))


@every_face
def test_the_dashboard_imports_one_way(path):
    own = room_of(module_of(path))
    # What every view adds to the map is read off VIEWS; that names the views' modules and imports none of them.
    late = {"views"} if own == "views.*" else set()
    rooms = {name: room_of(name) for name in imports_of_dashboard(path)}
    backward = [
        name for name, room in rooms.items() if room not in {own, *late} and ROOMS.index(room) >= ROOMS.index(own)
    ]
    assert not backward


@every_face
def test_no_view_knows_another(path):
    own = view_of(module_of(path))
    if own is not None:
        assert {view_of(name) for name in imports_of_dashboard(path)} <= {own, None}


@every_face
def test_what_is_shared_knows_no_view(path):
    if module_of(path) not in ("dashboard.views", "dashboard.menu", "dashboard.router"):
        own = view_of(module_of(path))
        assert {view_of(name) for name in imports_of_dashboard(path)} <= {own, None}


def test_no_circle_of_imports_in_the_dashboard():
    assert circle_in(imports_between(FACES)) is None


def test_every_page_that_is_turned_to_is_there():
    paths = {view.path for view in VIEWS}
    named = [
        call.args[0].value
        for path in FACES
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).removeprefix("navigation.") == "open_page"
        and isinstance(call.args[0], ast.Constant)
    ]
    assert named and set(named) <= paths


def test_every_view_names_modules_that_are_there():
    assert len({view.path for view in VIEWS}) == len(VIEWS)
    for view in VIEWS:
        assert view.page.is_file()
        for module in (view.routes, view.map_colors):
            assert module is None or (ROOT / module.replace(".", "/")).with_suffix(".py").is_file()


DOOR = ROOT / "margin_core" / "study" / "models" / "onnx_packages.py"
"""The file that silences onnxruntime's telemetry before it is imported."""


@every_file
def test_onnxruntime_is_imported_by_one_door(path):
    tree = tree_of(path)
    assert not any(name.split(".")[0] in ("onnx", "onnxruntime") for name in imports_of(tree, package_of(path)))
    calls = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not any("import_module" in call and "onnx" in call for call in calls if path != DOOR)


@every_file
def test_session_state_lives_in_one_file(path):
    if path != ROOT / "dashboard" / "shared" / "state.py":
        assert "session_state" not in set(attributes_of(tree_of(path), "st"))
        assert not any(name.endswith(".session_state") for name in imports_of(tree_of(path), package_of(path)))


@every_file
def test_caches_live_in_one_file(path):
    if path != ROOT / "dashboard" / "shared" / "cached.py":
        assert not [name for name in attributes_of(tree_of(path), "st") if name.startswith("cache_")]
        assert not [name for name in imports_of(tree_of(path), package_of(path)) if ".cache_" in name]


def dangers(tree, package):
    """Return what could run somebody else's code: pickles, raw HTML, a shell, evaluated text."""
    unpicklers = {"pickle", "cPickle", "dill", "cloudpickle", "joblib.load", "shelve", "marshal"}
    for name in imports_of(tree, package):
        if {name, name.split(".")[0]} & unpicklers and name != "pickle":
            yield f"import {name}"
    # The name of the error that torch raises for a refused file is all that may be used of pickle.
    yield from (f"pickle.{name}" for name in attributes_of(tree, "pickle") if name != "UnpicklingError")
    forbidden = {
        "allow_pickle": True, "weights_only": False, "unsafe_allow_html": True, "unsafe_allow_javascript": True,
        "shell": True,
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in forbidden:
            safe = not forbidden[node.arg]
            if not (isinstance(node.value, ast.Constant) and node.value.value is safe):
                yield f"{node.arg}={ast.unparse(node.value)}"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {"eval", "exec", "os.system", "joblib.load", "pd.read_pickle", "pandas.read_pickle"}:
                yield called
            if called == "torch.load" and "weights_only" not in {word.arg for word in node.keywords}:
                yield "torch.load without weights_only"
            if called in {"np.load", "numpy.load"} and "allow_pickle" not in {word.arg for word in node.keywords}:
                yield "np.load without allow_pickle"


@every_file
def test_nothing_dangerous_is_called(path):
    assert not list(dangers(tree_of(path), package_of(path)))


SCRIPTS = sorted((ROOT / "dashboard").rglob("*.js"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts_never_write_raw_html(path):
    text = path.read_text(encoding="utf-8")
    raw = r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|setHTMLUnsafe)\b"
    assert not re.findall(raw, text)


@pytest.mark.parametrize(
    "source",
    [
        "from margin_core.study import load_study",
        "import margin_core.tasks.base",
        "def f():\n    from margin_core.tasks import LabelFlips",
        "from margin_core import tasks",
        "from margin_core import Study",
        "from ..tasks import LabelFlips",
    ],
)
def test_a_backward_arrow_is_seen(source):
    path = ROOT / "margin_core" / ("study" if "study" not in source else "values") / "x.py"
    assert list(backward(path, ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "from pickle import load", "import pickle\npickle.loads(b'')", "from joblib import load", "joblib.load(p)",
        "np.load(p)", "np.load(p, allow_pickle=True)", "np.load(p, allow_pickle=choice)", "torch.load(p)",
        "torch.load(p, weights_only=False)", "st.markdown(t, unsafe_allow_html=True)", "run(c, shell=True)",
        "eval('1')",
    ],
)  # fmt: skip
def test_a_danger_is_seen(source):
    assert list(dangers(ast.parse(source), ""))


def test_what_is_safe_is_let_through():
    source = (
        "import pickle\ntry:\n    torch.load(p, weights_only=True)\nexcept pickle.UnpicklingError:\n"
        "    np.load(p, allow_pickle=False)"
    )
    assert not list(dangers(ast.parse(source), ""))
