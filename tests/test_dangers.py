"""Nothing dangerous is called, and what is kept between reruns lives in one place: read off the syntax trees."""

import ast

import pytest
from source_trees import (
    FACES,
    SOURCES,
    VARIABLE,
    attributes_of,
    breaches,
    called_import,
    imports_of,
    package_of,
    tree_of,
)

BY_NAME = {
    "margin_core/study/models/code_model.py", "margin_core/study/models/efficientnet.py",
    "margin_core/study/models/onnx_packages.py", "margin_core/study/models/published.py", "margin_core/lazy_names.py",
    "dashboard/views/base.py",
}  # fmt: skip
"""Files that import a module that a variable names: of the user, of an optional package, of the package itself, of a
view."""

PROGRAM = SOURCES + FACES


def imports_of_onnx(path):
    """Yield what imports onnx or onnxruntime in a file."""
    tree = tree_of(path)
    yield from (name for name in imports_of(tree, package_of(path)) if name.split(".")[0] in ("onnx", "onnxruntime"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called_import(node) is not None]
    yield from (text for call in calls if "onnx" in (text := ast.unparse(call)))


def test_onnxruntime_is_imported_by_the_door_that_silences_its_telemetry():
    # The door itself imports them by a variable (`BY_NAME`).
    assert breaches(imports_of_onnx, PROGRAM) == {}


def uses_of_session_state(path):
    yield from (name for name in attributes_of(tree_of(path), "st") if name == "session_state")
    yield from (name for name in imports_of(tree_of(path), package_of(path)) if name.endswith(".session_state"))


def test_session_state_lives_in_one_file():
    assert set(breaches(uses_of_session_state, PROGRAM)) == {"dashboard/shared/state.py"}


def uses_of_caches(path):
    yield from (name for name in attributes_of(tree_of(path), "st") if name.startswith("cache_"))
    yield from (name for name in imports_of(tree_of(path), package_of(path)) if ".cache_" in name)


def test_caches_live_in_one_file():
    assert set(breaches(uses_of_caches, PROGRAM)) == {"dashboard/shared/cached.py"}


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
            if called in {
                "eval", "exec", "os.system", "joblib.load", "pd.read_pickle", "pandas.read_pickle", "__import__",
                "runpy.run_module", "runpy.run_path",
            }:  # fmt: skip
                yield called
            if called == "torch.load" and "weights_only" not in {word.arg for word in node.keywords}:
                yield "torch.load without weights_only"
            if called in {"np.load", "numpy.load"} and "allow_pickle" not in {word.arg for word in node.keywords}:
                yield "np.load without allow_pickle"


def imports_by_a_variable(path):
    calls = [called_import(node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    return [name for name in calls if name == VARIABLE]


def test_a_module_is_imported_by_a_variable_in_few_files():
    assert set(breaches(imports_by_a_variable, PROGRAM)) == BY_NAME


def test_nothing_dangerous_is_called():
    assert breaches(lambda path: dangers(tree_of(path), package_of(path)), PROGRAM) == {}


@pytest.mark.parametrize(
    "source",
    [
        "from pickle import load", "import pickle\npickle.loads(b'')", "from joblib import load", "joblib.load(p)",
        "np.load(p)", "np.load(p, allow_pickle=True)", "np.load(p, allow_pickle=choice)", "torch.load(p)",
        "torch.load(p, weights_only=False)", "st.markdown(t, unsafe_allow_html=True)", "run(c, shell=True)",
        "eval('1')", "__import__('dashboard.app')",
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
