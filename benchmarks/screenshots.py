"""Take the pictures of README and docs from the running dashboard, or of every page of several studies at every size.

    python benchmarks/screenshots.py
    python benchmarks/screenshots.py --all FOLDER
    python benchmarks/screenshots.py --all FOLDER --of one clean

``--all`` takes every view of `dashboard.views.VIEWS`. It also shows texts, a table, and what a user meets at the edges:
a study of two classes, of a single picture, one without pictures, model or suspects, one whose suspects are all
decided, one that cannot be opened, and one of 100,000 pictures. That one is made once, in the folder ``studies`` of the
named one (minutes, 250 MB).

Needs a Chromium (see tests/browser/install_chromium.sh).
"""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from big_study import big_study
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from serving import BUNDLED, CHROMIUM, FLAGS, ROOT, RunningDashboard, margin, quiet_environment
from sklearn.datasets import load_wine

from dashboard.views import VIEWS
from margin_core import load_study
from margin_core.storage.workspace import Workspace
from margin_core.study.named_classes import record_named_classes

ASSETS = ROOT / "assets" / "screenshots"
MANY = 100_000
WIDE, NARROW = (1440, 900), (1024, 768)
THEMES, LIGHT = ("light", "dark"), ("light",)
MAX_BYTES = 700_000
SLOW = 120_000
"""Milliseconds that something done in the background may take."""

GREETINGS = ("Hello,", "Hi there,", "Good morning.", "Dear team,", "")
ENDINGS = ("Thank you.", "Please let me know.", "I look forward to your answer.", "Best wishes, Kim", "")
MESSAGES = {
    "delivery": (
        ("my parcel has not arrived yet,", "the courier left my order at the wrong door,",
         "tracking shows no progress,", "the package came two weeks late,"),
        ("although it was shipped last Monday.", "and nobody answers the phone at the depot.",
         "and the box was crushed.", "so I had to pick it up myself."),
        ("When will it be delivered?", "Can you send it again?", "Where is it now?"),
    ),
    "payment": (
        ("my card was charged twice for one order,", "the invoice shows a wrong amount,",
         "the discount code is not accepted,", "my bank refused the payment,"),
        ("although I have paid in full.", "and the total does not match the receipt.", "and the account shows a fee.",
         "so the balance is still open."),
        ("Can you correct the invoice?", "When is the money refunded to my card?", "Which amount is due?"),
    ),
    "returns": (
        ("the jacket is too small,", "the lamp does not work,", "the color differs from the picture,",
         "the zip broke on the first day,"),
        ("although I chose my usual size.", "and I would like to exchange it.", "so I want to send it back.",
         "and the label for returns is missing."),
        ("How do I return it?", "Can I swap it for a larger one?", "Do you pay for the return?"),
    ),
}  # fmt: skip
"""Messages to a shop, by class: what happened, what is more, and a question."""

Arrange = Callable[[Page], None]

COMING = "[data-testid=stSkeleton], [data-stale=true], [data-state=loading], .map:not([data-painted])"
"""Parts of a page that are not there yet."""

UNLABELED, KEYS = 160, 12
"""Photographs in the folder without labels, and those of them that are labeled before the picture is taken."""

WRONG = 3
"""Wrong labels in the study whose suspects are all decided."""

TWO = (3, 9)
"""The digits of the study of two classes: those that are confused most."""

LASSOED = 4
"""The class where it is densest is where the lasso is drawn: plastic, which is taken for glass and glass for it."""

MIDDLE = f"""async () => {{
  const names = performance.getEntriesByType("resource").map((one) => one.name);
  const base = names.find((name) => /\\/margin\\/[0-9a-f]+\\/points/.test(name)).replace(/points.*/, "");
  const read = async (path) => (await fetch(base + path)).arrayBuffer();
  const points = new Float32Array(await read("points"));
  const labels = new Uint8Array(await read("channel/given"));
  const rows = [...labels.keys()].filter((row) => labels[row] === {LASSOED});
  const at = rows.map((row) => [points[2 * row], points[2 * row + 1]]);
  const near = ([x, y]) => at.filter((other) => Math.hypot(other[0] - x, other[1] - y) < 0.1).length;
  const counts = at.slice(0, 400).map(near);
  return at[counts.indexOf(Math.max(...counts))];
}}"""


def arrange_overview(page: Page) -> None:
    """Wait for the chart."""
    page.locator(".js-plotly-plot .bars .point").first.wait_for()
    arrange_nothing(page)


def arrange_labeling(page: Page) -> None:
    """Label a dozen photographs by key."""
    labels = photograph_labels()
    names = sorted(set(labels))
    for _ in range(KEYS):
        page.wait_for_selector(".label-review[data-place=one]", timeout=SLOW)
        shown = page.locator(".caption-id").inner_text().removeprefix("#")
        page.keyboard.press(str(names.index(labels[f"pictures/{shown}"]) + 1))
        expect(page.locator(".caption-id")).not_to_have_text(f"#{shown}", timeout=SLOW)
    page.wait_for_selector(".next-batch[data-next=ready]", timeout=SLOW)
    page.wait_for_selector(".connection[data-state=saved]")
    arrange_nothing(page)


def arrange_map(page: Page) -> None:
    """Draw a lasso in the midst of a class, and look at the most suspect of its samples."""
    page.wait_for_selector(".map[data-painted]")
    x, y = page.evaluate(MIDDLE)
    box = page.locator(".overlay").bounding_box()
    assert box is not None
    unit = min(box["width"], box["height"]) / 2 * 0.94
    middle = box["x"] + box["width"] / 2 + x * unit, box["y"] + box["height"] / 2 - y * unit
    angles = np.linspace(0, 2 * np.pi, 40)
    path = [(middle[0] + 70 * float(np.cos(a)), middle[1] + 55 * float(np.sin(a))) for a in angles]
    page.mouse.move(*path[0])
    page.mouse.down()
    for at in path[1:]:
        page.mouse.move(*at)
    page.mouse.up()
    page.locator(".thumbnails[data-state=ready] .item").first.click()
    page.wait_for_selector(".panel[data-state=ready]")
    page.locator("[data-testid=stMain]").evaluate("node => node.scrollTo(0, 0)")
    page.mouse.move(0, 0)


def arrange_prototypes(page: Page) -> None:
    """Open why the first criticism of the class is one."""
    page.wait_for_selector(".prototypes[data-state=ready]")
    page.get_by_role("combobox", name="class").select_option(str(LASSOED))
    page.locator(".prototypes .kind:visible .criticism .item").first.click()
    page.wait_for_selector(".panel[data-state=ready]")
    page.locator(".why-this:visible").wait_for()


def arrange_boundary(page: Page) -> None:
    """Show the most uncertain sample between the two classes that touch most, and a slice through it."""
    page.wait_for_selector(".boundary[data-state=ready]")
    page.locator(".boundary .item[tabindex='0']:visible").click()
    page.wait_for_selector(".panel[data-state=ready]")
    draw, pins = page.get_by_role("button", name="Draw the slice"), page.locator(".js-plotly-plot .annotation-text")
    draw.or_(pins).first.wait_for()
    if draw.count():
        draw.click()
    pins.nth(2).wait_for(timeout=4 * SLOW)
    page.locator(".boundary .strip").evaluate("node => node.scrollIntoView()")


def arrange_saliency(page: Page) -> None:
    """Wait for the heatmaps of the first suspect with their numbers, and for the curves beneath."""
    page.wait_for_selector(".saliency[data-state=ready]", timeout=SLOW)
    page.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for(timeout=SLOW)


def arrange_review(page: Page) -> None:
    """Decide about a few, so that the strip is not empty."""
    page.wait_for_selector(".label-review[data-place=one]")
    if page.locator(".history-item:not(.absent)").count() == 0:
        for key in ("r", "r", "k", "r", "s", "r"):
            page.keyboard.press(key)
        page.wait_for_selector(".connection[data-state=saved]")
        page.reload()  # The sidebar counts anew, and the mark of the last decision is gone.
    page.wait_for_selector(".label-review[data-place=one]")
    page.locator(".history-item:not(.absent)").first.wait_for()


def arrange_grid(page: Page) -> None:
    """Switch to groups."""
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("g")
    page.wait_for_selector(".label-review[data-place=grid]")


def arrange_keys(page: Page) -> None:
    """Show the list of keys."""
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("?")


def arrange_nothing(page: Page) -> None:
    """Wait until the page is there with all its parts, and touch nothing."""
    page.locator(
        "[data-testid=stMain] h1, .label-review[data-place=one], .label-review[data-place=empty]"
    ).first.wait_for()
    expect(page.locator(COMING)).to_have_count(0, timeout=SLOW)


def arrange_all_decided(page: Page) -> None:
    """Decide about every suspect."""
    page.wait_for_selector(".label-review[data-place=one], .label-review[data-place=empty]")
    for number in range(page.locator(".history-item:not(.absent)").count(), WRONG):
        page.wait_for_selector(".label-review[data-place=one]")
        # A random check between the suspects takes no Enter.
        page.keyboard.press("Enter" if page.locator(".keys .next").count() else "k")
        page.locator(".history-item:not(.absent)").nth(number).wait_for()
    page.wait_for_selector(".connection[data-state=saved]")


def arrange_novel(page: Page) -> None:
    """Pick the most novel sample."""
    page.locator(".thumbnails .item").first.click()
    page.wait_for_selector(".panel[data-state=ready]")
    page.locator(".js-plotly-plot .bars .point path").first.wait_for(state="attached")


def arrange_attacked(page: Page) -> None:
    """Attack the model with the usual settings, and wait for the first pair."""
    start, pairs = page.get_by_role("button", name="Attack 1,000 samples"), page.locator(".attacked-pairs")
    start.or_(pairs).first.wait_for(timeout=SLOW)
    if start.count():
        start.click()
    page.wait_for_selector(".attacked-pairs[data-state=ready]", timeout=SLOW)
    page.locator(".js-plotly-plot .bars .point path").first.wait_for(state="attached")
    arrange_nothing(page)


def arrange_refused(page: Page) -> None:
    """Wait for the sentence that says why."""
    page.get_by_text("Try again").wait_for()


def arrange_reading(page: Page) -> None:
    """Wait until the first suspect can be read beside its neighbors."""
    page.wait_for_selector(".label-review[data-place=one] .neighbor :is(mark, .cell)")
    arrange_nothing(page)


Pages = dict[str, tuple[str, Arrange]]
"""Address and what to do there, by the name of the picture."""

SHOWN: Pages = {
    "review": ("review", arrange_review),
    "map": ("map", arrange_map),
    "overview": ("", arrange_overview),
    "prototypes": ("prototypes", arrange_prototypes),
    "boundary": ("boundary", arrange_boundary),
    "saliency": ("saliency", arrange_saliency),
}
"""The pictures of README and docs of photographs."""

LABELED: Pages = {"labeling": ("label-next", arrange_labeling)}
"""The picture of photographs without labels."""

COMPARED: Pages = {"new-data": ("new-data", arrange_novel)}
"""The picture of clothes that are compared with earlier ones."""

ATTACKED: Pages = {"adversarial": ("adversarial", arrange_attacked)}
"""The picture of clothes whose model is attacked."""

READ: Pages = {"review": ("review", arrange_reading)}
"""Those of texts and of a table, each named for its study."""

VIEWED: Pages = {view.path: ("" if view is VIEWS[0] else view.path, arrange_nothing) for view in VIEWS}
"""Every view as it is when nobody has touched it."""

EVERY: Pages = (
    VIEWED
    | {f"{name}-used": page for name, page in SHOWN.items()}
    | {"grid": ("review", arrange_grid), "keys": ("review", arrange_keys)}
)


EVERY_READ: Pages = VIEWED | READ | {"grid": ("review", arrange_grid)}


@dataclass(frozen=True)
class Shown:
    """A study to be shown.

    Attributes
    ----------
    make : callable
        From a folder to the source, which it writes there if need be, and its workspace.
    pages : Pages
    opens : bool
        Whether it can be opened at all.
    lasts : bool
        Whether it takes so long to make that it is kept for another time.
    tasks : tuple of str
        What is computed before it is shown.
    """

    make: Callable[[Path], tuple[Path, Path]]
    pages: Pages
    opens: bool = True
    lasts: bool = False
    tasks: tuple[str, ...] = ("prototypes", "decision_boundary")


def bundled(folder: Path) -> tuple[Path, Path]:
    """Load the bundled photographs."""
    return BUNDLED / "trashnet", folder / "trashnet.margin"


def one_picture(folder: Path) -> tuple[Path, Path]:
    """Write a folder of one class of one picture."""
    picture = folder / "pets" / "cat" / "1.png"
    picture.parent.mkdir(parents=True)
    shades = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(shades).resize((320, 240), Image.Resampling.BICUBIC).save(picture)
    return folder / "pets", folder / "pets.margin"


def two_classes(folder: Path) -> tuple[Path, Path]:
    """Load two of the ten digits, without their model."""
    with np.load(BUNDLED / "digits" / "study.npz") as digits:
        rows = np.isin(digits["labels"], TWO)
        labels = (digits["labels"][rows] == TWO[1]).astype(np.int64)
        parts = {name: digits[name][rows] for name in ("ids", "inputs", "embedding")}
    source = folder / "two digits.npz"
    np.savez(source, labels=labels, class_names=np.array([str(number) for number in TWO]), **parts)
    return source, folder / "two.margin"


def features_only(folder: Path, wrong: int) -> tuple[Path, Path]:
    """Write three well separated classes of features without pictures, some labels of them wrong."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 60)
    features = 12 * np.eye(3, 8)[labels] + random.normal(size=(180, 8))
    labels[random.choice(180, wrong, replace=False)] += 1
    source = folder / "features.npz"
    np.savez(
        source, embedding=features.astype(np.float32), labels=labels % 3, class_names=np.array(["cat", "dog", "hen"])
    )
    return source, folder / "features.margin"


def texts(folder: Path) -> tuple[Path, Path]:
    """Write messages to a shop about one of three things, some of them under the label of another."""
    random = np.random.default_rng(0)
    names = [*MESSAGES]
    rows = []
    for number in range(240):
        name = names[number % len(names)]
        parts = [random.choice(part) for part in (GREETINGS, *MESSAGES[name], ENDINGS)]
        label = names[(number + 1) % len(names)] if number % 16 == 5 else name
        rows.append((" ".join(filter(None, parts)), label))
    return _as_csv(folder / "messages.csv", pd.DataFrame(rows, columns=["text", "label"]))


def table(folder: Path) -> tuple[Path, Path]:
    """Load scikit-learn's wines, every twelfth under the label of another."""
    wine = load_wine(as_frame=True)
    names = np.array([f"cultivar {place + 1}" for place in range(len(wine.target_names))])
    wrong = np.arange(len(wine.target)) % 12 == 3
    labels = names[(wine.target.to_numpy() + wrong) % len(names)]
    rows = wine.data.rename(columns=lambda name: name.replace("_", " ").replace("/", " / "))
    return _as_csv(folder / "wines.csv", rows.assign(label=labels))


def graph(folder: Path) -> tuple[Path, Path]:
    """Write the messages with the replies between them: most join two about one thing."""
    source = folder / "graph"
    source.mkdir(parents=True, exist_ok=True)
    messages, _ = texts(source)
    random, thing = np.random.default_rng(0), np.arange(240) % len(MESSAGES)
    joined = np.triu(random.random((240, 240)) < np.where(thing[:, None] == thing, 0.04, 0.003), 1)
    pd.DataFrame(np.argwhere(joined), columns=["source", "target"]).to_csv(source / "replies.csv", index=False)
    settings = {"name": "Messages and replies", "source": messages.name, "edges": "replies.csv"}
    lines = [f'{key} = "{value}"' for key, value in settings.items()]
    (source / "study.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return source, folder / "graph.margin"


def _as_csv(path: Path, frame: pd.DataFrame) -> tuple[Path, Path]:
    frame.to_csv(path, index=False)
    return path, path.with_suffix(".margin")


def without_labels(folder: Path) -> tuple[Path, Path]:
    """Copy some of the bundled photographs into a folder, without their labels; their classes are named."""
    source = folder / "photographs"
    source.mkdir(parents=True, exist_ok=True)
    for file in photograph_labels().index[:UNLABELED]:
        shutil.copy(BUNDLED / "trashnet" / file, source)
    workspace = Workspace.at(folder / "photographs.margin")
    record_named_classes(workspace, sorted(set(photograph_labels())))
    return source, workspace.folder


def photograph_labels() -> pd.Series:
    """Return the labels of the bundled photographs by their file."""
    table = pd.read_csv(BUNDLED / "trashnet" / "labels.csv", dtype=str)
    return table.set_index("file")["label"]


def new_clothes(folder: Path) -> tuple[Path, Path]:
    """Open one half of the bundled clothes against the other half, from which bags are taken away."""
    clothes = load_study(BUNDLED / "fashion")
    random = np.random.default_rng(0)
    rows = random.permutation(len(clothes))
    bag = clothes.class_names.index("Bag")
    old, new = np.split(rows, 2)
    old = old[clothes.labels[old] != bag]
    new = new[(clothes.labels[new] != bag) | (random.random(len(new)) < 0.5)]
    names = np.array(clothes.class_names)
    for path, chosen in (("last month.npz", old), ("this month.npz", new)):
        np.savez(
            folder / path, inputs=np.asarray(clothes.inputs)[chosen], embedding=clothes.embedding[chosen],
            labels=names[clothes.labels[chosen]], ids=clothes.ids[chosen],
        )  # fmt: skip
    workspace = folder / "this month.margin"
    load_study(folder / "this month.npz", against=folder / "last month.npz", workspace=workspace)
    return workspace, workspace  # which remembers what its source is compared with


def without_a_label_column(folder: Path) -> tuple[Path, Path]:
    """Write a table none of whose columns is taken for the label, which is refused."""
    return _as_csv(folder / "sizes.csv", pd.DataFrame(np.arange(60).reshape(20, 3), columns=["a", "b", "c"]))


def large(folder: Path) -> tuple[Path, Path]:
    """Make the study of 100,000 pictures, or take the one an earlier run left."""
    made = big_study(folder, MANY)
    return made.source, made.workspace


STUDIES = {
    "trashnet": Shown(bundled, EVERY),
    "texts": Shown(texts, EVERY_READ),
    "table": Shown(table, EVERY_READ),
    "graph": Shown(graph, EVERY_READ),
    "unlabeled": Shown(without_labels, VIEWED | LABELED, tasks=("prototypes",)),
    "clothes": Shown(lambda folder: (BUNDLED / "fashion", folder / "fashion.margin"), VIEWED | ATTACKED, tasks=()),
    "new-data": Shown(new_clothes, VIEWED | COMPARED, tasks=("drift",)),
    "two": Shown(two_classes, VIEWED),
    "one": Shown(one_picture, VIEWED),
    "clean": Shown(lambda folder: features_only(folder, wrong=0), VIEWED),
    "decided": Shown(
        lambda folder: features_only(folder, wrong=WRONG), VIEWED | {"review": ("review", arrange_all_decided)}
    ),
    "refused": Shown(
        without_a_label_column, {"opening": ("", arrange_refused), "open": ("open", arrange_nothing)}, opens=False
    ),
    "large": Shown(large, EVERY, lasts=True),
}


@contextmanager
def dashboard(shown: Shown, kept: Path) -> Iterator[RunningDashboard]:
    """Serve a study with no decisions yet; what lasts is made in, or taken from, the folder of what is kept."""
    with tempfile.TemporaryDirectory(prefix="margin-screenshots-") as scratch:
        source, workspace = shown.make(kept if shown.lasts else Path(scratch))
        if shown.opens:
            tasks = [part for task in shown.tasks for part in ("--task", task)]
            command = margin("prepare", source, "--workspace", workspace, *tasks)
            subprocess.run(command, check=True, env=quiet_environment())
        review = f"sqlite:///{Path(scratch, 'review.sqlite')}"
        running = RunningDashboard(source, Path(scratch), "--workspace", workspace, "--database", review)
        try:
            yield running
        finally:
            running.stop()


def take(
    browser: Browser, address: str, path: str, arrange: Arrange, size: tuple[int, int], theme: str, target: Path
) -> None:
    """Capture one page."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{address}/{path}")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    arrange(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(page.locator(COMING)).to_have_count(0, timeout=SLOW)  # A component may have begun to load meanwhile.
    page.wait_for_load_state("networkidle")
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    context.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    seen.save(target, optimize=True)  # In full color: a palette of 256 gave two classes one color.
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Capture the pages that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page of every study, into this folder")
    parser.add_argument("--of", nargs="+", choices=STUDIES, default=list(STUDIES), help="with --all: only these")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        if asked.all is None:
            take_readme(browser)
        else:
            for study in asked.of:
                take_every(browser, study, asked.all)
        browser.close()


def take_readme(browser: Browser) -> None:
    """Capture the pages that the README shows."""
    read = (("texts", READ, LIGHT), ("table", READ, LIGHT), ("graph", READ, LIGHT))
    alone = (("unlabeled", LABELED, LIGHT), ("new-data", COMPARED, LIGHT), ("clothes", ATTACKED, LIGHT))
    for study, pages, themes in (("trashnet", SHOWN, THEMES), *read, *alone):
        with dashboard(STUDIES[study], ASSETS) as running:
            for name, (path, arrange) in pages.items():
                for theme in themes:
                    target = ASSETS / f"{study if pages is READ else name}-{theme}.png"
                    take(browser, running.address, path, arrange, WIDE, theme, target)
                    if target.stat().st_size > MAX_BYTES:
                        raise SystemExit(f"{target} is larger than {MAX_BYTES / 1000:.0f} kB.")


def take_every(browser: Browser, study: str, folder: Path) -> None:
    """Capture every page of a study, wide and narrow, light and dark."""
    shown = STUDIES[study]
    with dashboard(shown, folder / "studies") as running:
        in_menu = menu_paths(browser, running.address)
        for name, (path, arrange) in shown.pages.items():
            if path not in in_menu:
                continue  # This study has no such view.
            for size in (WIDE, NARROW):
                for theme in THEMES:
                    target = folder / f"{study}-{name}-{size[0]}-{theme}.png"
                    take(browser, running.address, path, arrange, size, theme, target)


def menu_paths(browser: Browser, address: str) -> set[str]:
    """List the addresses that the menu leads to."""
    page = browser.new_page()
    page.goto(address)
    links = page.locator(".menu").get_by_role("link")
    links.first.wait_for()
    found = {urlsplit(str(link.get_attribute("href"))).path.strip("/") for link in links.all()}
    page.close()
    return found


if __name__ == "__main__":
    main()
