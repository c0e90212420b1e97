"""Tests lie as the program lies: each package has its own, and what bears a module's name is beside it."""

from pathlib import PurePath

from source_trees import FACES, ROOT, SOURCES

SIDES = {"margin_core": "core", "dashboard": "dashboard"}
NOTHING_TO_TEST = {"__init__", "__main__", "wording"}
"""Faces of packages, the way to the command line, and the words of a page, which the tests read off them."""

BESIDE_VIEWS = {"shared", "shell"}
"""Folders of browser tests that are no view's: components that several show, and what stands around every page."""

PROGRAM = [path.relative_to(ROOT) for path in (*SOURCES, *FACES)]
TESTS = [path.relative_to(ROOT) for side in SIDES.values() for path in (ROOT / "tests" / side).rglob("test_*.py")]


def mirrored(folder):
    """Return where the tests of a package lie."""
    side, *inner = folder.parts
    return PurePath("tests", SIDES[side], *inner)


def modules_by_room(program):
    """Map the place of each package's tests to the names of its modules."""
    rooms = {}
    for path in program:
        rooms.setdefault(mirrored(path.parent), set()).add(path.stem)
    return rooms


def rooms_without_tests(program, tests):
    tested = {PurePath(path.parent) for path in tests}
    return {str(room) for room, modules in modules_by_room(program).items() if modules - NOTHING_TO_TEST} - {
        str(room) for room in tested
    }


def misplaced(program, tests):
    """List the tests in a folder of no package, and those that bear the name of a module of other packages only.

    A test may also be named for its package, or tell of what several modules do together and bear the name of none.
    """
    rooms = modules_by_room(program)
    found = []
    for path in tests:
        room, name = PurePath(path.parent), path.stem.removeprefix("test_")
        is_elsewhere = any(name in modules for place, modules in rooms.items() if place.parts[1] == room.parts[1])
        if room not in rooms or (is_elsewhere and name not in rooms[room] | {room.name}):
            found.append(str(path))
    return found


def test_every_package_has_tests_at_its_own_place():
    assert rooms_without_tests(PROGRAM, TESTS) == set()


def test_every_test_lies_where_its_subject_does():
    assert misplaced(PROGRAM, TESTS) == []


def test_browser_tests_lie_by_view():
    folders = {path.parent.name for path in (ROOT / "tests" / "browser").glob("*/test_*.py")}
    views = {path.parent.name: path.parent for path in (ROOT / "dashboard" / "views").glob("*/view.py")}
    assert folders - BESIDE_VIEWS <= set(views)
    assert {name for name, folder in views.items() if (folder / "component.js").is_file()} <= folders


def test_a_package_without_tests_is_seen():
    program = [PurePath("margin_core/graph/knn.py"), PurePath("margin_core/__init__.py")]
    assert rooms_without_tests(program, []) == {"tests/core/graph"}
    assert rooms_without_tests(program, [PurePath("tests/core/graph/test_ties.py")]) == set()


def test_a_test_in_another_place_is_seen():
    program = [PurePath("margin_core/graph/knn.py"), PurePath("margin_core/cli/audit.py")]
    for path in ("tests/core/cli/test_knn.py", "tests/core/graphs/test_knn.py"):
        assert misplaced(program, [PurePath(path)]) == [path]
    for path in ("tests/core/graph/test_knn.py", "tests/core/graph/test_graph.py", "tests/core/cli/test_manners.py"):
        assert misplaced(program, [PurePath(path)]) == []
