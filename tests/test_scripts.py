"""The shape of the browser's side: whom a script may import, and that none writes raw HTML."""

import re
from pathlib import PurePath

import pytest
from source_trees import ROOT, breaches, circle_in

SCRIPTS = sorted((ROOT / "dashboard").rglob("*.js"))
SCRIPT_TESTS = sorted((ROOT / "tests" / "js").rglob("*.test.js"))

SCRIPT_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([\w./@-]+)["']""")
"""What a script imports, in a declaration, a call or a comment for the type checker."""

TYPES = ROOT / "dashboard" / "payloads.d.ts"
BROWSER = ROOT / "dashboard" / "shared" / "browser"


def script_imports(text, path):
    """Return the files that a script's text imports; a name that is not a path stays as it is."""
    return [(path.parent / name).resolve() if name.startswith(".") else name for name in SCRIPT_IMPORT.findall(text)]


def foreign(text, path):
    """Return what a script imports from elsewhere than its own folder, `shared/browser/` and the types of payloads."""
    return [name for name in script_imports(text, path) if name != TYPES and name.parent not in (path.parent, BROWSER)]


def test_a_script_imports_its_own_folder_and_what_is_shared():
    assert breaches(lambda path: foreign(path.read_text(encoding="utf-8"), path), SCRIPTS) == {}


@pytest.mark.parametrize(
    "source",
    [
        'import { Zoom } from "../label_review/zoom.js";',
        "import { scale,\n  colors } from '../saliency/scale.js';",
        'const zoom = await import("../label_review/zoom.js");',
        'import "../label_review/zoom.js";',
        '/** @param {import("../label_review/zoom.js").Zoom} zoom */',
        '/** @import { Zoom } from "../label_review/zoom.js" */',
        'import { Grid } from "../../shared/thumbnail_grid/component.js";',
    ],
)
def test_a_script_that_imports_another_view_is_seen(source):
    assert foreign(source, ROOT / "dashboard" / "views" / "map" / "x.js")


def test_no_circle_of_imports_among_the_scripts():
    runs = {path: re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in SCRIPTS}
    assert circle_in({path: set(script_imports(text, path)) & set(SCRIPTS) for path, text in runs.items()}) is None


ON_A_BUTTON = re.compile(
    r"""\bbutton\(\{ class: "(?:key-button|link|details)[^"]*", text: "([^"]+)|\bkeyButton\("[^"]+", "([^"]+)"""
)
"""The words of a button, where they are written out."""


def small_words_on_buttons(text):
    words = [one or other for one, other in ON_A_BUTTON.findall(text)]
    return [word for word in words if word[0] != word[0].upper()]


def test_words_on_buttons_begin_with_a_capital():
    assert breaches(lambda path: small_words_on_buttons(path.read_text(encoding="utf-8")), SCRIPTS) == {}


def test_small_words_on_buttons_are_seen():
    text = 'button({ class: "key-button plain", text: "stop" }); keyButton("K", "keep", () => {});'
    assert small_words_on_buttons(text) == ["stop", "keep"]


def found_in(paths, pattern):
    """Map each file to what a pattern finds in its text."""
    return breaches(lambda path: re.findall(pattern, path.read_text(encoding="utf-8")), paths)


def test_scripts_never_write_raw_html():
    raw = r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|setHTMLUnsafe)\b"
    assert found_in(SCRIPTS, raw) == {}


def test_an_answer_of_the_server_names_its_type():
    """`any` would let a page read what no payload has."""
    assert found_in(SCRIPTS, "Promise<any>") == {}


def strays(tests, scripts):
    """Return the tests that do not lie as the script lies that they are named for."""
    return [test for test in tests if test.parent / f"{test.name.removesuffix('.test.js')}.js" not in scripts]


def test_every_test_of_a_script_lies_where_the_script_does():
    tests = {path.relative_to(ROOT / "tests" / "js") for path in SCRIPT_TESTS}
    assert tests and strays(tests, {path.relative_to(ROOT / "dashboard") for path in SCRIPTS}) == []


def test_a_stray_test_of_a_script_is_seen():
    scripts = {PurePath("views/map/colors.js")}
    assert strays([PurePath("views/map/colors.test.js")], scripts) == []
    for path in (PurePath("colors.test.js"), PurePath("views/map/geometry.test.js")):
        assert strays([path], scripts) == [path]


def test_nothing_is_kept_from_the_type_checker():
    assert found_in([*SCRIPTS, *SCRIPT_TESTS], r"@ts-(?:ignore|nocheck|expect-error)") == {}
