"""The shape of the program, read off its syntax trees: arrows point one way, and a folder holds what it says."""

import ast

import pytest
from source_trees import (
    FACES,
    ROOT,
    SOURCES,
    breaches,
    circle_in,
    imports_between,
    imports_of,
    module_named,
    module_of,
    package_of,
    tree_of,
    trees_of,
)

from dashboard.views import VIEWS

LAYERS = (
    "errors", "visible_text", "class_list", "lazy_names", "parameters", "wilson_interval", "storage", "values/arrays",
    "values/model", "study/models",
    "values", "bootstrap", "domain", "graph", "function", "influence", "interpretation", "probe",
    "graph_networks", "study",
    "evidence", "projection", "tasks/finding_text", "tasks/base", "protocol", "tasks/invertible", "tasks/label_flips",
    "tasks/prototypes", "tasks/decision_boundary", "tasks/saliency", "tasks/contextual_outliers",
    "tasks/active_sampling", "tasks/drift", "tasks", "audit",
    "review", "report", "figures", "__init__", "cli", "__main__",
)  # fmt: skip
"""Parts of margin_core, each importing only from those before it; ``__init__`` is the public face."""


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


def test_every_part_of_the_core_has_its_layer():
    parts = {layer_of(path) for path in SOURCES}
    assert parts == set(LAYERS)


def test_the_core_imports_one_way():
    assert breaches(lambda path: backward(path, tree_of(path)), SOURCES) == {}


@pytest.mark.parametrize(
    "source",
    [
        "from margin_core.study import load_study",
        "import margin_core.tasks.base",
        "def f():\n    from margin_core.tasks import LabelFlips",
        "from margin_core import tasks",
        "from margin_core import Study",
        "from ..tasks import LabelFlips",
        "importlib.import_module('margin_core.tasks.base')",
    ],
)
def test_a_backward_arrow_is_seen(source):
    path = ROOT / "margin_core" / ("study" if "study" not in source else "values") / "x.py"
    assert list(backward(path, ast.parse(source)))


def test_no_circle_of_imports_in_the_core():
    assert circle_in(imports_between(trees_of(SOURCES))) is None


def folder_of(module):
    """Return the folder below a part of the core in which a module lies, or the module where it lies in none."""
    parts = module.split(".")[:3]
    return ".".join(parts) if (ROOT / "/".join(parts)).is_dir() else module


def imports_between_folders(modules, part):
    """Map each folder and module of a part of the core to those of them that it imports; its own face is left out."""
    rooms = {}
    for module, imported in modules.items():
        if module.split(".")[1:2] == [part] and module.count(".") > 1:
            inside = {folder_of(name) for name in imported if name.split(".")[1:2] == [part] and name.count(".") > 1}
            rooms.setdefault(folder_of(module), set()).update(inside - {folder_of(module)})
    return rooms


@pytest.mark.parametrize(
    "part", sorted({path.relative_to(ROOT).parts[1] for path in SOURCES if len(path.relative_to(ROOT).parts) > 2})
)
def test_no_two_folders_of_a_part_import_each_other(part):
    assert circle_in(imports_between_folders(imports_between(trees_of(SOURCES)), part)) is None


def test_two_folders_that_import_each_other_are_seen():
    modules = {
        "margin_core.study.features.words": {"margin_core.study.readers.arrays"},
        "margin_core.study.readers.arrays": {"margin_core.study.samples"},
        "margin_core.study.readers.manifest": {"margin_core.study.features.columns"},
        "margin_core.study.samples": {"margin_core.values.study"},
    }
    assert circle_in(imports_between_folders(modules, "study"))


def test_a_circle_that_a_function_closes_is_seen():
    trees = {
        "margin_core.graph.knn": (ast.parse("from margin_core.graph import weights"), "margin_core.graph"),
        "margin_core.graph.weights": (ast.parse("def f():\n    from .knn import Knn"), "margin_core.graph"),
    }
    assert circle_in(imports_between(trees))


def test_a_circle_of_imports_is_seen():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None


STEPS = ("domain", "graph", "function", "influence", "interpretation")
"""The step folders of the protocol: each module of them serves two tasks or more (docs/decisions/0018)."""

TASK_FOLDERS = sorted(path.parent.name for path in (ROOT / "margin_core" / "tasks").glob("*/task.py"))

BETWEEN_TASKS = {("contextual_outliers", "saliency.fragility")}
"""What a task takes from the folder of another, and nothing else: the column of fragility is a signal of a study."""


def task_of(module):
    """Return the folder of the task that a module lies in, or None."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["margin_core", "tasks"] and parts[2:3] and parts[2] in TASK_FOLDERS else None


def reached_from(module, trees):
    """Return the modules that a module's imports reach; a name that a package only passes on counts for its home."""
    waiting, seen = [module], set()
    while waiting:
        own = waiting.pop()
        tree, package = trees[own]
        for name in imports_of(tree, package):
            home = home_of(name, trees)
            if home and home not in seen:
                seen.add(home)
                # What a step, or the linear probe, or the base of tasks needs, its user needs.
                waiting += [home] if task_of(home) in (None, task_of(module)) else []
    return seen


def home_of(name, trees):
    """Return the module that defines an imported name, through the packages that pass it on."""
    module = module_named(name, trees)
    rest = name.removeprefix(module).removeprefix(".").split(".")[0]
    tree, package = trees.get(module, (None, ""))
    if tree is not None and rest:
        passed = [one for one in imports_of(tree, package) if one.split(".")[-1] == rest]
        if passed:
            return home_of(passed[0], trees)
    return module


def tasks_that_use_each_step(trees):
    """Map each module of a step folder to the tasks that reach it."""
    users = {module: set() for module in trees if module.split(".")[1:2] and module.split(".")[1] in STEPS}
    for module in trees:
        if task_of(module):
            for step in reached_from(module, trees) & set(users):
                users[step].add(task_of(module))
    return users


def test_a_step_folder_holds_what_two_tasks_use():
    faces = {f"margin_core.{step}" for step in STEPS}
    users = tasks_that_use_each_step(trees_of(SOURCES))
    assert {module: tasks for module, tasks in users.items() if module not in faces and len(tasks) < 2} == {}


def between_tasks(trees):
    """Yield (task, module of another task, module that imports it)."""
    for module, (tree, package) in trees.items():
        for name in imports_of(tree, package):
            imported = module_named(name, trees)
            if task_of(module) and task_of(imported) not in (None, task_of(module)):
                yield task_of(module), imported.removeprefix("margin_core.tasks."), module


def allowed_between_tasks(task, imported):
    return any(task == user and f"{imported}.".startswith(f"{used}.") for user, used in BETWEEN_TASKS)


def test_a_task_takes_from_another_only_what_is_listed():
    found = list(between_tasks(trees_of(SOURCES)))
    assert [one for one in found if not allowed_between_tasks(*one[:2])] == []
    assert {
        (task, used) for task, used in BETWEEN_TASKS if any(task == one[0] and used in one[1] for one in found)
    } == BETWEEN_TASKS


def test_an_arrow_between_tasks_is_seen():
    source = ast.parse("def f():\n    from margin_core.tasks.label_flips.fit import fit")
    trees = {
        "margin_core.tasks.prototypes.task": (source, "margin_core.tasks.prototypes"),
        "margin_core.tasks.label_flips.fit": (ast.parse(""), "margin_core.tasks.label_flips"),
    }
    [(task, imported, _)] = between_tasks(trees)
    assert not allowed_between_tasks(task, imported)


def imports_from(path, *tops):
    """Return what a file imports that begins with one of the dotted names."""
    names = imports_of(tree_of(path), package_of(path))
    return [name for name in names if any(f"{name}.".startswith(f"{top}.") for top in tops)]


def test_the_core_knows_nothing_of_the_dashboard():
    assert breaches(lambda path: imports_from(path, "streamlit", "dashboard"), SOURCES) == {}


def test_only_its_command_knows_the_command_line():
    assert set(breaches(lambda path: imports_from(path, "margin_core.cli"), FACES)) == {"dashboard/command.py"}


ROOMS = (
    "resources", "server.program", "server.guard", "server.moved", "server.unknown_page", "server.shell",
    "server.rerun_queue",
    "study.payloads", "study.memory", "study.processes", "study.jobs", "study.pictures", "study.open_study",
    "study.parts",
    "study.search", "study.selections", "study.sample_content", "study.cards", "study.error_probabilities",
    "study.evidence", "study.error_bound", "study.truth", "study.registry",
    "server.http",
    "shared.wording", "shared.components", "shared.menu", "shared.channels", "shared.column_channels", "shared.cached",
    "shared.state",
    "shared.navigation", "shared.layout", "shared.facts", "shared.background", "shared.sample_panel",
    "shared.thumbnail_grid", "shared.review", "shared.routes",
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


def backward_in_dashboard(path):
    own = room_of(module_of(path))
    # What every view adds to the map is read off VIEWS; that names the views' modules and imports none of them.
    late = {"views"} if own == "views.*" else set()
    rooms = {name: room_of(name) for name in imports_of_dashboard(path)}
    return [name for name, room in rooms.items() if room not in {own, *late} and ROOMS.index(room) >= ROOMS.index(own)]


def test_the_dashboard_imports_one_way():
    assert breaches(backward_in_dashboard, FACES) == {}


def imports_of_another_view(path):
    own = view_of(module_of(path))
    return [name for name in imports_of_dashboard(path) if view_of(name) not in (own, None)]


def test_only_the_tuple_of_views_knows_them():
    """No view knows another, and nothing that is shared knows one."""
    faces = [path for path in FACES if module_of(path) not in ("dashboard.views", "dashboard.menu", "dashboard.router")]
    assert breaches(imports_of_another_view, faces) == {}


def test_no_circle_of_imports_in_the_dashboard():
    assert circle_in(imports_between(trees_of(FACES))) is None


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
