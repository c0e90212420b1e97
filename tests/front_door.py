"""Small inputs as people bring them, and what is to become of each: the same for the command line, library and page."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

N = 24
"""Rows of a table, all of which differ; every second one is of the other class."""

HALF = {"setosa": N // 2, "virginica": N // 2}
KINDS = [("setosa", "virginica")[row % 2] for row in range(N)]
LENGTHS = [1.25 + row % 2 * 3 + row / 64 for row in range(N)]
WIDTHS = [0.25 + row % 2 + row * 5 % 7 / 32 for row in range(N)]
TWO_NUMBERS = "2 columns: 2 numbers"

REVIEWS = [
    f"{'Lovely and cheap and we came back' if row % 2 else 'Never again: the soup was cold'} on day {row} of {row % 5}"
    for row in range(N)
]

PLACES, PEOPLE = ("by the gate", "near the pond"), ("Ada", "Emmy", "Sofja")
REMARKS = [f"Seen {PLACES[row // 2 % 2]} in plot {row % 7} by {PEOPLE[row % 3]} on day {row}" for row in range(N)]

PICTURES = {"cat": 3, "dog": 3}


@dataclass(frozen=True, kw_only=True)
class Input:
    """A small input.

    Attributes
    ----------
    kind : str
        Row of the table of kinds that it belongs to.
    name : str
        What is special about it.
    write : callable
        Writes it below a folder, and returns what is opened.
    options : sequence of str
        Of the command line, besides the source.
    labels : dict of str to int
        Samples of each class, in the order of the classes; under the empty name those without a label.
    features : str
        How the study describes its features.
    note_texts : tuple of str
        Every loss and assumption, in order; ``N%`` stands for any share.
    lost : int
        So many of them are losses, the first ones: ``--strict`` refuses the source.
    refused : str
        The sentence instead, where it is refused; ``{source}`` stands for its path.
    """

    kind: str
    name: str
    write: Callable[[Path], Path]
    options: Sequence[str] = ()
    labels: dict[str, int] = field(default_factory=dict)
    features: str = ""
    note_texts: tuple[str, ...] = ()
    lost: int = 0
    refused: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"

    def flags(self, folder: Path) -> list[str]:
        """Return the options; ``{folder}`` among them stands for the folder that it is written to."""
        return [option.replace("{folder}", str(folder)) for option in self.options]

    @property
    def are_pictures(self) -> bool:
        """Whether the default model looks at it, which takes a second or two."""
        return self.features == PETS["features"]

    def notes(self, source: Path) -> list[str]:
        """Return the notes on the source."""
        return [text.replace("{source}", str(source)) for text in self.note_texts]

    def refusal(self, source: Path) -> str:
        """Return the sentence in which the source is refused."""
        return self.refused.replace("{source}", str(source))


@contextmanager
def pictures_seen_once() -> Iterator[None]:
    """Embed each picture once, however many inputs hold it in whatever way."""
    from margin_core.study.models.torch_model import TorchModel

    look, seen = TorchModel.both, {}

    def both(model, inputs):
        keys = []
        for picture in map(np.asarray, inputs):
            keys.append((model.fingerprint, picture.shape, picture.tobytes()))
            if keys[-1] not in seen:
                seen[keys[-1]] = look(model, [picture])
        outputs = [seen[key] for key in keys] or [look(model, inputs)]
        return tuple(np.concatenate(parts) for parts in zip(*outputs, strict=True))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TorchModel, "both", both)
        yield


def without_shares(text: str) -> str:
    """Leave out the shares of a sentence, which rest on a measurement."""
    return re.sub(r"\d+%", "N%", text)


# -- writing ---------------------------------------------------------------------------------------


def text(content: str | bytes, name: str = "table.csv") -> Callable[[Path], Path]:
    """Write a file as it is."""

    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / name

    return write


def lines(*rows: Sequence[object], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(map(str, row)) + end for row in rows)


def table(delimiter: str = ",", end: str = "\n", **columns: Iterable[object]) -> str:
    return lines(list(columns), *zip(*columns.values(), strict=True), delimiter=delimiter, end=end)


FLOWERS = {"length": LENGTHS, "width": WIDTHS, "label": KINDS}
FLOWERS_CSV = table(**FLOWERS)


def beside_flowers(**columns: Iterable[object]) -> Callable[[Path], Path]:
    return text(table(**columns, **FLOWERS))


def arrays(**parts: object) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        np.savez(folder / "arrays.npz", **{name: np.asarray(part) for name, part in parts.items()})
        return folder / "arrays.npz"

    return write


def frame(name: str, **columns: object) -> Callable[[Path], Path]:
    """Write a table as pandas does, by the suffix."""

    def write(folder: Path) -> Path:
        path, content = folder / name, pd.DataFrame(columns)
        if path.suffix == ".xlsx":
            content.to_excel(path, index=False)
        elif path.suffix == ".jsonl":
            content.to_json(path, orient="records", lines=True)
        else:
            content.to_parquet(path, index=False)
        return path

    return write


def indexed(path: Path) -> Path:
    """Write rows whose index was kept from a larger table, in which it repeats."""
    content = pd.DataFrame(FLOWERS)
    content.index = [row * 7 % 13 for row in range(N)]
    content.to_parquet(path)
    return path


def sheets(**tables: dict[str, object]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        with pd.ExcelWriter(folder / "book.xlsx") as book:
            for name, columns in tables.items():
                pd.DataFrame(columns).to_excel(book, sheet_name=name, index=False)
        return folder / "book.xlsx"

    return write


def picture(number: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(number).integers(0, 256, (12, 10, 3), dtype=np.uint8))


def save(path: Path, number: int, format: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(number).save(path, format=format)
    return path


def folders(*above: str, suffix: str = "png", format: str | None = None, each: int = 3) -> Callable[[Path], Path]:
    """Write a class folder of cats and one of dogs below each of some folders."""

    def write(folder: Path) -> Path:
        number = 0
        for place in above or ("",):
            for kind in ("cat", "dog"):
                for _ in range(each):
                    save(folder / "pets" / place / kind / f"{number}.{suffix}", number, format)
                    number += 1
        return folder / "pets"

    return write


def with_litter(*names: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        pets = folders()(folder)
        for number, name in enumerate(names):
            save(pets / name, number, "PNG")
        return pets

    return write


def listed(*paths: str, column: str = "file", write: Callable[[Path], Path] | None = None) -> Callable[[Path], Path]:
    """List the pictures of cats and dogs; ``{at}`` stands for the absolute path of their folder."""

    def write_list(folder: Path) -> Path:
        pets = (write or folders())(folder)
        path = folder / "pets.csv"
        rows = [(shown.replace("{at}", str(pets)), ("cat", "dog")[place // 3 % 2]) for place, shown in enumerate(paths)]
        path.write_text(lines((column, "label"), *rows), encoding="utf-8")
        return path

    return write_list


SIX = [(kind, number) for kind, numbers in (("cat", (0, 1, 2)), ("dog", (3, 4, 5))) for number in numbers]


def linked(elsewhere: str) -> Callable[[Path], Path]:
    """Write class folders that are links to folders of the source itself, or to some beside it."""

    def write(folder: Path) -> Path:
        source = folders()(folder)
        (folder / elsewhere).mkdir(parents=True)
        for kind in ("cat", "dog"):
            (source / kind).rename(folder / elsewhere / kind)
            (source / kind).symlink_to(folder / elsewhere / kind, target_is_directory=True)
        return source

    return write


def with_a_stray(folder: Path) -> Path:
    source = folders("all")(folder)
    save(source / "stray.png", 9)
    return source


def tarred(*, left: float = 1.0) -> Callable[[Path], Path]:
    """Write class folders of pictures whose names have dots as a tar archive, or the begin of it."""

    def write(folder: Path) -> Path:
        source = folders()(folder)
        path = folder / "pets.tar"
        with tarfile.open(path, "w") as archive:
            for kind, number in SIX:
                content = (source / kind / f"{number}.png").read_bytes()
                member = tarfile.TarInfo(f"{kind}/img.00{number}.png")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        content = path.read_bytes()
        path.write_bytes(content[: int(left * len(content))])
        return path

    return write


def with_unlabeled(folder: Path) -> Path:
    """Write what STL-10 is as folders."""
    source = folders("train", "test", each=2)(folder)
    for number in (8, 9):
        save(source / "unlabeled" / f"{number}.png", number)
    return source


def coco(numbers: Iterable[int], **more: object) -> str:
    """Return a COCO file of pictures, half of them of cats, half of dogs."""
    return json.dumps(
        {
            "images": [{"id": number, "file_name": f"{number}.png"} for number in numbers],
            "annotations": [
                {"id": number, "image_id": number, "category_id": number % 2, "bbox": [1, 1, 8, 8]}
                for number in numbers
            ],
            "categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}],
            **more,
        }
    )


def coco_splits(*above: str) -> Callable[[Path], Path]:
    """Write a COCO file beside the pictures of each split, as Roboflow does."""

    def write(folder: Path) -> Path:
        source = (folder / "pets").joinpath(*above)
        for place, split in enumerate(("train", "valid", "test")):
            for number in range(4):
                save(source / split / f"{number}.png", 4 * place + number)
            (source / split / "_annotations.coco.json").write_text(coco(range(4)))
        return folder / "pets"

    return write


def zipped_coco(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "pets.zip", "w") as archive:
        for number in range(4):
            archive.write(save(folder / f"{number}.png", number), f"images/{number}.png")
        archive.writestr("labels.json", coco(range(4)))
    return folder / "pets.zip"


def coco_of_one_name(folder: Path) -> Path:
    categories = [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}, {"id": 7, "name": "cat"}]
    for number in range(4):
        save(folder / f"{number}.png", number)
    (folder / "pets.json").write_text(coco(range(4), categories=categories))
    return folder / "pets.json"


def with_latin_folder(folder: Path) -> Path:
    source = folders()(folder)
    (source / "cat").rename(os.fsdecode(os.fsencode(source) + b"/c\xe2t"))
    return source


def with_labels_beside(folder: Path) -> Path:
    source = folder / "pets"
    for _, number in SIX:
        save(source / "all" / f"{number}.png", number)
    (source / "labels.csv").write_text(lines(("id", "label"), *((number, kind) for kind, number in SIX)))
    (source / "README.txt").write_text("all, of them, are pets\n")
    return source


def zipped_list(folder: Path) -> Path:
    source = folders()(folder)
    with zipfile.ZipFile(folder / "pets.zip", "w") as archive:
        for kind, number in SIX:
            archive.write(source / kind / f"{number}.png", f"images/{number}.png")
        archive.writestr("list.csv", lines(("file", "label"), *((f"images/{row}.png", kind) for kind, row in SIX)))
    return folder / "pets.zip"


def without_labels(folder: Path) -> Path:
    names = [f"plant {row}" for row in range(N)]
    (folder / "labels.csv").write_text(table(id=reversed(names), label=reversed(KINDS)))
    return text(table(id=names, length=LENGTHS, width=WIDTHS))(folder)


def with_broken_cats(folder: Path) -> Path:
    source = folders()(folder)
    for path in (source / "cat").iterdir():
        path.write_bytes(b"no picture")
    return source


def deep_gray(folder: Path) -> Path:
    """Write pictures of 12 bits in 16."""
    random = np.random.default_rng(0)
    for number, (kind, _) in enumerate(SIX):
        path = folder / "pets" / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        low, high = (0, 2048) if kind == "cat" else (2048, 4096)
        Image.fromarray(random.integers(low, high, (12, 10), dtype=np.uint16)).save(path)
    return folder / "pets"


HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xy"
    "bmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAACJt"
    "ZGF0AAAAFigBr1j5DpJf//K13/9R/kPk+6MbILA="
)
"""64 x 64 red pixels."""


def heic(folder: Path) -> Path:
    pets = folders()(folder)
    (pets / "cat" / "9.heic").write_bytes(HEIC)
    return pets


def embedded(labels: Sequence[object], names: Sequence[str] = ()) -> Callable[[Path], Path]:
    """Write a Parquet file of pictures as the library Datasets does, with the names of the classes or without."""

    def write(folder: Path) -> Path:
        cells = []
        for number in range(6):
            stream = io.BytesIO()
            picture(number).save(stream, format="PNG")
            cells.append({"bytes": stream.getvalue(), "path": f"{number}.png"})
        content = pa.table({"image": cells, "label": labels})
        if names:
            about = {"info": {"features": {"label": {"_type": "ClassLabel", "names": names}}}}
            content = content.replace_schema_metadata({"huggingface": json.dumps(about)})
        pq.write_table(content, folder / "train.parquet")
        return folder / "train.parquet"

    return write


def list_labels(folder: Path) -> Path:
    content = pa.table({"length": LENGTHS, "tags": [["a", "b"]] * N})
    pq.write_table(content, folder / "tags.parquet")
    return folder / "tags.parquet"


# -- the table ---------------------------------------------------------------------------------------

PETS = {"labels": PICTURES, "features": "EfficientNet-Lite0 (ImageNet), 1,280 dimensions"}
FLOWER = {"labels": HALF, "features": TWO_NUMBERS}
THREE = {"labels": HALF, "features": "3 columns: 3 numbers"}


def flowers(name: str, write: Callable[[Path], Path], *note_texts: str, kind: str = "columns", **more: object) -> Input:
    return Input(kind=kind, name=name, write=write, note_texts=note_texts, **(FLOWER | more))


def pets(name: str, write: Callable[[Path], Path], *note_texts: str, kind: str = "folders", **more: object) -> Input:
    return Input(kind=kind, name=name, write=write, note_texts=note_texts, **(PETS | more))


def german(value: float) -> str:
    return str(value).replace(".", ",")


COLUMNS = [
    flowers(
        "semicolons and a decimal comma",
        text(table(";", length=map(german, LENGTHS), width=map(german, WIDTHS), label=KINDS)),
    ),
    flowers(
        "a ? among numbers",
        beside_flowers(height=["?", *LENGTHS[1:]]),
        "1 missing value replaced by the mean of the column (height).",
        **THREE,
    ),
    flowers(
        "an n/a among numbers",
        beside_flowers(height=["n/a", *LENGTHS[1:]]),
        "1 missing value replaced by the mean of the column (height).",
        **THREE,
    ),
    flowers(
        "a mark of its own among numbers",
        beside_flowers(height=["broken", *LENGTHS[1:]]),
        "1 missing value replaced by the mean of the column (height).",
        "Column 'height' is read as numbers, 'broken' as missing.",
        **THREE,
    ),
    *(
        flowers(
            f"numbers with the unit {unit}",
            beside_flowers(price=[f'"{way.format(value * 100)}"' for value in LENGTHS]),
            f"Column 'price' is read as numbers, the unit '{unit}' taken off.",
            **THREE,
        )
        for unit, way in (("$", "${:,.2f}"), ("%", "{:.1f}%"), ("kg", "{:.0f} kg"), ("€", "€ {:.0f}"))
    ),
    flowers(
        "units that differ are categories",
        beside_flowers(weight=["3 kg", "3 lb", "4 lb"] * 8),
        features="3 columns: 2 numbers, 1 category",
    ),
    flowers(
        "commas between thousands",
        beside_flowers(people=[f'"{1000 + row % 7 * 250:,}"' for row in range(N)]),
        "Column 'people' is read as numbers, the comma between thousands ('1,000' is 1000).",
        **THREE,
    ),
    *(
        flowers(f"numbers with {name}", beside_flowers(price=values), *note_texts, **THREE)
        for name, values, note_texts in (
            (
                "apostrophes between thousands",
                [f"{1000 + row * 37 % 977 * 10:,}".replace(",", "'") for row in range(N)],
                (),
            ),
            ("narrow blanks between thousands", [f'"{1 + row % 9}\u202f{100 + row * 7},50"' for row in range(N)], ()),
            ("the minus of typesetters", [f"{'−' * (row % 2)}{row * 7 % 31}.5" for row in range(N)], ()),
            (
                "parentheses for a minus",
                [f"({row * 7 % 31}.50)" if row % 3 else f"{row * 7 % 31}.25" for row in range(N)],
                ("Column 'price' is read as numbers, those in parentheses as negative ('(7.50)').",),
            ),
            (
                "dots between thousands",
                [["1.234.567", "950.000", "103.250"][row % 3] for row in range(N)],
                ("Column 'price' is read as numbers, the dot between thousands ('1.234.567' is 1234567).",),
            ),
        )
    ),
    flowers(
        "dots that could divide thousands",
        beside_flowers(price=[["8.300", "15.350", "999"][row % 3] for row in range(N)]),
        "The dot is read as a decimal point ('8.300' is 8.3) in price. If it divides thousands there, write the "
        "numbers without it.",
        **THREE,
    ),
    flowers(
        "numbers that cannot be read",
        beside_flowers(price=[f"1..{row}" for row in range(N)]),
        "Column 'price' is not used as a feature: its values look like numbers and cannot be read as such ('1..0'). "
        "Write all in one way, such as 1234.5, or choose --feature price:id if they only name the rows.",
        lost=1,
    ),
    flowers(
        "dates of which one half has the month first",
        beside_flowers(sown=[f"{1 + row:02d}/01/2021" if row % 2 else f"01/{1 + row:02d}/2021" for row in range(N)]),
        "Column 'sown' is not used as a feature: its values look like dates and cannot be read as such ('01/01/2021'). "
        "Write all in one way, such as 2021-01-31, or choose --feature sown:id if they only name the rows.",
        lost=1,
    ),
    flowers(
        "categories",
        beside_flowers(sex=["male", "female", "female"] * 8, fare=["first", "second", "third"] * 8),
        features="4 columns: 2 numbers, 2 categories",
    ),
    flowers(
        "True and False of get_dummies",
        beside_flowers(is_red=["True", "False", "False"] * 8),
        features="3 columns: 2 numbers, 1 boolean",
    ),
    flowers(
        "dates",
        beside_flowers(sown=[f"2024-03-{1 + row % 9:02d}" for row in range(N)]),
        features="3 columns: 2 numbers, 1 date",
    ),
    *(
        flowers(name, beside_flowers(sown=dates), *note_texts, features="3 columns: 2 numbers, 1 date")
        for name, dates, note_texts in (
            ("dates with the name of the month", [f"Jan {1 + row % 9} 2021" for row in range(N)], ()),
            ("dates in words", [f"{1 + row % 9} January 2021" for row in range(N)], ()),
            ("dates of China", [f"2021年1月{1 + row}日" for row in range(N)], ()),
            (
                "a day that no month has among dates",
                [*(f"2021-01-{1 + row:02d}" for row in range(N - 1)), "2021-02-30"],
                (
                    "1 missing value replaced by the mean of the column (sown).",
                    "Column 'sown' is read as dates, '2021-02-30' as missing.",
                ),
            ),
            (
                "an empty date as databases write it",
                [*(f"2021-01-{1 + row:02d}" for row in range(N - 1)), "0000-00-00"],
                (
                    "1 missing value replaced by the mean of the column (sown).",
                    "Column 'sown' is read as dates, '0000-00-00' as missing.",
                ),
            ),
            ("moments of UTC", [f"2021-01-{1 + row % 9:02d}T10:00:00Z" for row in range(N)], ()),
            (
                "dates of which day and month could be either",
                [f"{1 + row % 9:02d}/{1 + row % 7:02d}/2021" for row in range(N)],
                (
                    "Column 'sown' is read as dates, the day before the month ('08/01/2021'). Where the month comes "
                    "first, choose --feature sown:date-month-first.",
                ),
            ),
        )
    ),
    flowers(
        "dates in eight digits, as chosen",
        beside_flowers(sown=[20210101 + row for row in range(N)]),
        options=("--feature", "sown:date"),
        features="3 columns: 2 numbers, 1 date",
    ),
    flowers(
        "dates of which the month comes first, as chosen",
        beside_flowers(sown=[f"{1 + row % 9:02d}/{1 + row % 7:02d}/2021" for row in range(N)]),
        options=("--feature", "sown:date-month-first"),
        features="3 columns: 2 numbers, 1 date",
    ),
    Input(
        kind="columns",
        name="texts beside a number, none of them called text",
        write=text(table(review=REVIEWS, stars=[1 + row % 2 * 4 for row in range(N)], label=["bad", "good"] * 12)),
        labels={"bad": 12, "good": 12},
        features="words and how rare they are, 24 dimensions",
        note_texts=(
            "The samples are the texts of column 'review', and 1 column beside them is not used as a feature "
            "(stars); to leave it out, choose --feature stars:ignore. If the samples are rows, choose --feature "
            "review:ignore.",
        ),
        lost=1,
    ),
    Input(
        kind="columns",
        name="a second column of texts",
        write=text(table(text=REVIEWS, title=[f"On {review[:9]}" for review in REVIEWS], label=["bad", "good"] * 12)),
        labels={"bad": 12, "good": 12},
        features="words and how rare they are, 24 dimensions",
        note_texts=(
            "The samples are the texts of column 'text', and 1 column beside them is not used as a feature (title); to "
            "leave it out, choose --feature title:ignore. If the samples are rows, choose --feature text:ignore.",
        ),
        lost=1,
    ),
    Input(
        kind="columns",
        name="a second column of texts, and a number, that are left out",
        write=text(table(text=REVIEWS, title=REMARKS, stars=LENGTHS, label=["bad", "good"] * 12)),
        options=("--feature", "title:ignore", "--feature", "stars:ignore"),
        labels={"bad": 12, "good": 12},
        features="words and how rare they are, 24 dimensions",
    ),
    flowers(
        "remarks beside numbers",
        beside_flowers(remark=REMARKS),
        "The samples are rows and not the texts of column 'remark': of the labels, nearest neighbors guess N% by the "
        "other columns (length, width) and N% by these texts. If the samples are the texts, choose --feature "
        "remark:text.",
        "1 column is not used as a feature: a text beside other columns (remark).",
        lost=2,
    ),
    Input(
        kind="columns",
        name="remarks that are chosen as the texts",
        write=beside_flowers(remark=REMARKS),
        options=("--feature", "remark:text"),
        labels=HALF,
        features="words and how rare they are, 24 dimensions",
        note_texts=(
            "2 columns beside the texts of 'remark' are not used as features (length, width); to leave one out, choose "
            "--feature length:ignore.",
        ),
        lost=1,
    ),
    flowers(
        "remarks that are left out",
        beside_flowers(remark=REMARKS),
        options=("--feature", "remark:ignore"),
    ),
    *(
        flowers(
            f"rows numbered in a column '{name}'",
            beside_flowers(**{name: values}),
            f"1 column is not used as a feature: it names or numbers the rows ({name}).",
        )
        for name, values in {
            "Unnamed: 0": range(N),
            "order": range(N),
            "place": [row * 5 % N for row in range(N)],
            "from one": range(1, N + 1),
            "code": [f"F-{row * 7919 % 1000:03d}" for row in range(N)],
        }.items()
    ),
    flowers(
        "a constant column",
        beside_flowers(country=["Spain"] * N, year=[1936] * N),
        "1 constant column left out (year).",
        "1 column left out, whose values never differ (country).",
    ),
    flowers(
        "words that hardly repeat",
        beside_flowers(city=[f"city{min(row, 22)}" for row in range(N)]),
        "1 column is not used as a feature: its values hardly repeat (city: 23 different). To keep the 30 most "
        "frequent values of it as categories, choose --feature city:category.",
        lost=1,
    ),
    flowers(
        "words that hardly repeat, chosen as categories",
        beside_flowers(city=[f"city{min(row, 22)}" for row in range(N)]),
        options=("--feature", "city:category"),
        features="3 columns: 2 numbers, 1 category",
    ),
    Input(
        kind="columns",
        name="the label chosen as a feature",
        write=text(FLOWERS_CSV),
        options=("--feature", "label:number"),
        refused="'{source}': the column 'label' holds the labels, so --feature label:number leaves none. Leave that "
        "out, or name another column with --label: length, width.",
    ),
    flowers(
        "a name that is a formula",
        beside_flowers(**{"=1+1": [1] * N}),
        "1 constant column left out ('=1+1').",
    ),
    flowers(
        "a class of which no row has a value",
        text(FLOWERS_CSV + ",,lost\n" * 2),
        refused="'{source}': no sample of the class 'lost' has features that can be compared. Fill in what its samples "
        "lack, or take them out of the source if it is to be audited without.",
    ),
]

LABELS = [
    Input(
        kind="labels",
        name="-1 and +1 in an npz",
        labels={"-1": 12, "1": 12},
        features="the given embedding",
        write=arrays(embedding=np.column_stack([LENGTHS, WIDTHS]), labels=[-1, 1] * 12),
    ),
    Input(
        kind="labels",
        name="0.0 to 11.0",
        labels={str(number): 2 for number in range(12)},
        features=TWO_NUMBERS,
        write=text(table(length=LENGTHS, width=WIDTHS, label=[f"{row % 12}.0" for row in range(N)])),
    ),
    Input(
        kind="labels",
        name="1 and 1.0 mixed",
        labels={"0": 12, "1": 12},
        features=TWO_NUMBERS,
        write=text(table(length=LENGTHS, width=WIDTHS, label=["0", "1.0", "0", "1"] * 6)),
        note_texts=("Labels 1 and 1.0 are one class.",),
    ),
    Input(
        kind="labels",
        name="a measured quantity",
        write=text(table(length=LENGTHS, width=WIDTHS, label=[row * 1.7 for row in range(N)])),
        refused="'{source}': the label holds 24 different numbers from 0 to 39.1, a measured quantity and not classes. "
        "Name a column of classes with --label, or divide the numbers into classes.",
    ),
    Input(
        kind="labels",
        name="a measured quantity of whole numbers",
        write=text(table(length=LENGTHS, width=WIDTHS, price=[1034 + row // 3 * 3 * row for row in range(N)])),
        options=("--label", "price"),
        refused="'{source}': the label holds 22 different numbers from 1034 to 1517, a measured quantity and not "
        "classes. Name a column of classes with --label, or divide the numbers into classes.",
    ),
    Input(
        kind="labels",
        name="another text in every row",
        write=text(table(length=LENGTHS, width=WIDTHS, label=[f"c{row}" for row in range(N)])),
        refused="'{source}': the label holds 24 different texts in 24 rows, which hardly repeat: names or ids and not "
        "classes. Name a column of classes with --label.",
    ),
    Input(
        kind="labels",
        name="nan as a text",
        labels={"setosa": 11, "virginica": 12, "": 1},
        features=TWO_NUMBERS,
        write=text(table(length=LENGTHS, width=WIDTHS, label=["nan", *KINDS[1:]])),
        note_texts=("Labels 'nan' are read as missing.",),
    ),
    Input(
        kind="labels",
        name="class names in the metadata of a Parquet file",
        **PETS,
        write=embedded([0, 0, 0, 1, 1, 1], ["cat", "dog"]),
    ),
    Input(
        kind="labels",
        name="-1 with the mark of a text, as exports of spreadsheets have it",
        labels={"-1": 12, "1": 12},
        features=TWO_NUMBERS,
        write=text(table(length=LENGTHS, width=WIDTHS, label=["'-1", "1"] * 12)),
        note_texts=("The apostrophe that marks '=', '+', '-' or '@' as text is left out in label.",),
    ),
]

SPLIT = folders("training_set", "test_set", each=2)
SIX_PATHS = [f"pets/{kind}/{number}.png" for kind, number in SIX]
FOLDERS = [
    pets(
        "images/<class>",
        folders("images"),
        "All pictures lie in 'images', which is read as a folder around the classes.",
    ),
    pets("training_set and test_set", SPLIT, labels={"cat": 4, "dog": 4}),
    pets("Train and Valid", folders("Train", "Valid", each=2), labels={"cat": 4, "dog": 4}),
    pets(
        "splits in a wrapper",
        folders("data/train", "data/val", each=2),
        "All pictures lie in 'data', which is read as a folder around the classes.",
        labels={"cat": 4, "dog": 4},
    ),
    pets(
        "names with dots in a tar",
        tarred(),
        "Names of samples end at their last dot: at the first, several pictures share one.",
    ),
    pets(
        "a tar that is cut off",
        tarred(left=0.2),
        refused="'{source}' cannot be read (it is cut off at byte 2,048, and what was behind it cannot be known). Copy "
        "or pack it again.",
    ),
    pets("splits beside a folder of pictures to label", with_unlabeled, labels={"cat": 4, "dog": 4, "": 2}),
    pets("a COCO file in the folder of each split", coco_splits(), labels={"cat": 6, "dog": 6}),
    pets(
        "a COCO file in the folder of each split, further below",
        coco_splits("data"),
        refused="'{source}': its pictures lie in no two class folders, and 'data/test/_annotations.coco.json' holds "
        "labels. Open '{source}/data', or take it out of the folder.",
    ),
    pets(
        "pictures and their COCO file in a zip",
        zipped_coco,
        refused="'{source}': its pictures lie in no two class folders, and 'labels.json' in it holds labels. Unpack "
        "the archive, and open that file.",
    ),
    pets(
        "categories of one name in a COCO file",
        coco_of_one_name,
        "Categories of one name are one class: 'cat' (0, 7).",
        labels={"cat": 2, "dog": 2},
    ),
    pets(
        "a folder whose name is not Unicode text",
        with_latin_folder,
        refused="'{source}': the name of the folder 'c\ufffdt' is not Unicode text. Rename it, or move it away.",
    ),
    pets(
        "litter of systems",
        with_litter(
            "@eaDir/cat/0.png",
            "$RECYCLE.BIN/1.png",
            "__MACOSX/cat/._0.png",
            ".thumbnails/2.png",
            "cat/Thumbs.db",
            "dog/.DS_Store",
        ),
        "6 hidden files or ones of the system left out.",
    ),
    pets("linked class folders", linked("store"), options=("--root", "{folder}")),
    pets(
        "linked class folders of the source itself",
        linked("pets/all"),
        "2 links not followed: the folders are read where they lie.",
        "All pictures lie in 'all', which is read as a folder around the classes.",
    ),
    pets(
        "linked class folders of a hidden folder",
        linked("pets/.store"),
        "1 hidden file or one of the system's left out.",
    ),
    pets(
        "one class alone, with sub-folders",
        with_a_stray,
        "The class all has sub-folders (cat, dog). If these are the classes, open '{source}/all', or list the pictures "
        "with their labels in a .csv.",
        "All labels are of one class, 'all': label errors are found by comparing classes, so none can be found here. "
        "Give samples of another class, too.",
        labels={"all": 6, "": 1},
    ),
    pets(
        "one class alone, beside a table of labels",
        with_labels_beside,
        refused="'{source}': all pictures are of one class, 'all', and 'labels.csv' holds labels. Read the labels from "
        "it with --labels '{source}/labels.csv', or take it out of the folder.",
    ),
    pets(
        "equal sub-folders below every top folder",
        folders("day", "night", each=2),
        "Each of the classes day, night has the same sub-folders (cat, dog). If these are the classes, open "
        "'{source}/day', or list the pictures with their labels in a .csv.",
        labels={"day": 4, "night": 4},
    ),
    *(
        pets(
            name,
            listed(*(path.format(kind=kind, number=number) for kind, number in SIX), column=column),
            "6 pictures found by name, not where the list says: "
            f"'{path.format(kind='cat', number=0)}' is read from 'pets/cat/0.png'.",
        )
        for name, path, column in (
            ("paths without a suffix", "pets/{kind}/{number}", "file"),
            ("numbers of pictures", "{number}", "image_id"),
            ("ids of pictures", "{number}", "id"),
            ("backslashes", "pets\\{kind}\\{number}.png", "file"),
            ("a drive", "C:\\data\\pets\\{kind}\\{number}.png", "file"),
            ("a home elsewhere", "/home/ada/pets/{kind}/{number}.png", "file"),
            ("a query behind the name", "pets/{kind}/{number}.png?width=200&v=2", "file"),
            ("names without folders", "{number}.png", "file"),
            ("capitals", "Pets/{kind}/{number}.PNG", "file"),
        )
    ),
    pets("leading blanks", listed(*(f"  {path} " for path in SIX_PATHS))),
    pets("file://", listed(*(f"file://{{at}}/{kind}/{number}.png" for kind, number in SIX))),
    pets(
        "one of many pictures on another server",
        listed(*SIX_PATHS, "https://example.org/7.jpg"),
        "1 picture on another server not fetched ('https://example.org/7.jpg'). Download what is to be compared.",
        labels={"cat": 4, "dog": 3},
        lost=1,
    ),
    pets("a zip of pictures and the table that lists them", zipped_list),
    Input(
        kind="folders",
        name="labels beside a table without labels",
        write=without_labels,
        options=("--labels", "{folder}/labels.csv"),
        labels=HALF,
        features=TWO_NUMBERS,
    ),
    pets(
        "pictures on another server",
        listed(*(f"https://example.org/{kind}/{number}.jpg?size=3" for kind, number in SIX), column="url"),
        labels={},
        features="",
        refused="'{source}': 6 of the 6 pictures in column 'url' are on other servers "
        "('https://example.org/cat/0.jpg?size=3') and are not fetched. Download them, and name the column of their "
        "files with --file, or leave this column out with --feature url:ignore.",
    ),
]

PICTURE_FILES = [
    pets(".jfif", folders(suffix="jfif", format="JPEG"), kind="pictures"),
    pets(".avif", folders(suffix="avif"), kind="pictures"),
    pets("AVIF under .jpg", folders(suffix="jpg", format="AVIF"), kind="pictures"),
    pets(".heic", heic, kind="pictures", labels={"cat": 4, "dog": 3}),
    pets("12 bits in 16", deep_gray, kind="pictures"),
    pets(
        "a class of which no picture can be read",
        with_broken_cats,
        kind="pictures",
        refused="'{source}': no picture of the class 'cat' can be read. Save its pictures again as JPEG or PNG, or "
        "take them out of the source if it is to be audited without.",
    ),
]

TABLES = [
    flowers(
        "blank lines above the header",
        text("\n\n\n" + FLOWERS_CSV),
        "3 lines above the names of the columns left out.",
        kind="tables as files",
    ),
    flowers(
        "sep=;",
        text("sep=;\n" + table(";", **FLOWERS)),
        "1 line above the names of the columns left out.",
        kind="tables as files",
    ),
    flowers(
        "lines of comment",
        text("# measured in 1936\n# by hand\n" + FLOWERS_CSV),
        "2 lines above the names of the columns left out.",
        kind="tables as files",
    ),
    flowers("blanks behind commas", text(FLOWERS_CSV.replace(",", ", ")), kind="tables as files"),
    flowers("CR alone at the end of lines", text(FLOWERS_CSV.replace("\n", "\r")), kind="tables as files"),
    flowers("Excel's empty columns", text(FLOWERS_CSV.replace("\n", ",,,\n")), kind="tables as files"),
    flowers("UTF-16", text(FLOWERS_CSV.encode("utf-16")), kind="tables as files"),
    flowers("UTF-32", text(FLOWERS_CSV.encode("utf-32")), kind="tables as files"),
    *(
        flowers(
            f"{encoding} without its mark",
            text(FLOWERS_CSV.encode(encoding)),
            f"The file has no byte order mark; it was read as {encoding}.",
            kind="tables as files",
        )
        for encoding in ("UTF-16-LE", "UTF-16-BE", "UTF-32-LE", "UTF-32-BE")
    ),
    *(
        Input(kind="tables as files", name=name, write=write, refused=f"'{{source}}' {refused}.")
        for name, write, refused in (
            (
                "a byte of zero",
                text(FLOWERS_CSV.replace("setosa", "set\0sa", 1)),
                "has bytes of zero in it, so it is no text. Save the table as UTF-8 text",
            ),
            (
                "a workbook called .csv",
                lambda folder: frame("t.xlsx", **FLOWERS)(folder).rename(folder / "t.csv"),
                "is an Excel workbook or another zip archive. Give it the suffix .xlsx, or that of what it is",
            ),
            *(
                (
                    f"a pointer of Git LFS called {name}",
                    text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", name),
                    "is a pointer of Git LFS and not the file itself. Fetch it with `git lfs pull`",
                )
                for name in ("t.csv", "t.parquet", "t.npz")
            ),
        )
    ),
    flowers(
        "an index of pandas in Parquet",
        lambda folder: indexed(folder / "t.parquet"),
        "1 column is not used as a feature: it names or numbers the rows (__index_level_0__).",
        kind="tables as files",
    ),
    flowers(
        "columns called Label and label",
        text(table(length=LENGTHS, width=WIDTHS, Label=["x", "y", "z"] * 8, label=KINDS)),
        "The label is the column 'label' and not 'Label'; choose another with --label.",
        kind="tables as files",
        features="3 columns: 2 numbers, 1 category",
    ),
    flowers(
        "CP1252",
        text(FLOWERS_CSV.replace("setosa", "blau\xe4ugig").encode("cp1252")),
        "The file is not UTF-8; it was read as Windows-1252.",
        kind="tables as files",
        labels={"blau\xe4ugig": 12, "virginica": 12},
    ),
    flowers(".tsv", text(table("\t", **FLOWERS), "table.tsv"), kind="tables as files"),
    flowers(".txt", text(table("|", **FLOWERS), "table.txt"), kind="tables as files"),
    flowers(".csv.gz", text(gzip.compress(FLOWERS_CSV.encode()), "table.csv.gz"), kind="tables as files"),
    flowers(".jsonl", frame("table.jsonl", **FLOWERS), kind="tables as files"),
    flowers(".xlsx", frame("table.xlsx", **FLOWERS), kind="tables as files"),
    flowers(
        ".xlsx of several sheets",
        sheets(Flowers=FLOWERS, Notes={"read": ["at noon"]}),
        "Read is the first sheet, 'Flowers'; 1 other sheet left out (Notes). To read another, choose --sheet Notes.",
        kind="tables as files",
        lost=1,
    ),
    flowers(
        ".xlsx of several sheets, of which one is chosen",
        sheets(Cover={"title": ["Flowers"]}, Flowers=FLOWERS),
        kind="tables as files",
        options=("--sheet", "Flowers"),
    ),
    flowers(".parquet", frame("table.parquet", **FLOWERS), kind="tables as files"),
    *(
        Input(
            kind="tables as files",
            name=suffix,
            write=text("packed", f"table{suffix}"),
            refused=f"'{{source}}' is compressed as a whole ({suffix}). Unpack it first, and open what was in it.",
        )
        for suffix in (".tar.gz", ".tgz", ".7z", ".rar")
    ),
]

NESTED = [
    pets("pictures in a Parquet file", embedded(["cat"] * 3 + ["dog"] * 3), kind="nested columns"),
    Input(
        kind="nested columns",
        name="lists of labels",
        write=list_labels,
        options=("--label", "tags"),
        refused="'{source}': the column 'tags' is nested or binary, not plain text or numbers (a list of string). "
        "Write what is needed of it to a plain column, or name another with --label: length.",
    ),
    Input(
        kind="nested columns",
        name="no plain label",
        write=list_labels,
        refused="'{source}' has no label column (label, labels, class, target, y). Its columns are: length. Nested or "
        "binary, and not read: tags (a list of string). Name one of these with --label; or, where no sample "
        "has a label yet, name the classes with --classes cat,dog.",
    ),
]


def networked(*, outputs: int, wrap: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Path], Path]:
    """Write pictures as arrays, and the weights of a network for them beside these."""

    def write(folder: Path) -> Path:
        import torch

        from margin_core.study.models.small_cnn import SmallCnn

        torch.manual_seed(0)
        torch.save(wrap(SmallCnn(8, 8, outputs, channels=(2, 2), hidden=4).state_dict()), folder / "weights.pt")
        random = np.random.default_rng(0)
        return arrays(inputs=random.integers(0, 256, (N, 8, 8), dtype=np.uint8), labels=np.arange(N) % 2)(folder)

    return write


def prefixed(prefix: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda weights: {f"{prefix}{name}": values for name, values in weights.items()}


SMALL = ("--model", "small_cnn:{folder}/weights.pt")
POINTS = np.column_stack([LENGTHS, WIDTHS])
P = np.where(np.arange(N) % 2, 0.75, 0.25)[:, None]
ONE_COLUMN = "Probabilities have one column p, which is read as 1 - p and p of two classes."
OUTPUTS = "The model's outputs are taken to be the classes of the study, in their order."

MODELS = [
    *(
        Input(
            kind="models",
            name=name,
            write=networked(outputs=2, wrap=wrap),
            options=SMALL,
            labels={"0": 12, "1": 12},
            features=f"small CNN (weights.pt{besides}), 4 dimensions",
            note_texts=(OUTPUTS,),
        )
        for name, wrap, besides in (
            ("names of weights begin with model.", prefixed("model."), ", without the prefix 'model.'"),
            ("names of weights begin with module.", prefixed("module."), ", without the prefix 'module.'"),
            ("weights inside state_dict", lambda weights: {"state_dict": weights, "epoch": 3}, ""),
        )
    ),
    Input(
        kind="models",
        name="one logit",
        write=networked(outputs=1, wrap=dict),
        options=SMALL,
        labels={"0": 12, "1": 12},
        features="small CNN (weights.pt), 4 dimensions",
        note_texts=(OUTPUTS,),
    ),
    Input(
        kind="models",
        name="probabilities of one column",
        labels={"0": 12, "1": 12},
        features="the given embedding",
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2, probabilities=P),
        note_texts=(ONE_COLUMN,),
    ),
    Input(
        kind="models",
        name="pred_probs of one column",
        labels={"0": 12, "1": 12},
        features="the given embedding",
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2, pred_probs=P),
        note_texts=("'pred_probs' is read as probabilities.", ONE_COLUMN),
    ),
    Input(
        kind="models",
        name="labels from 1",
        labels={"1": 12, "2": 12},
        features="the given embedding",
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2 + 1),
        note_texts=("Labels count from 1: there is no class 0.",),
    ),
    Input(
        kind="models",
        name="labels from 1 beside probabilities",
        labels={"1": 12, "2": 12},
        features="the given embedding",
        note_texts=("Labels count from 1: there is no class 0.",),
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2 + 1, probabilities=np.hstack([1 - P, P])),
    ),
    Input(
        kind="models",
        name="labels from 1 beside class names",
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2 + 1, class_names=["cat", "dog"]),
        refused="Study 'arrays': label 2 has no class; there are 2 class names (0 to 1, or -1 for no label). These "
        "labels count from 1: subtract 1 from each, and leave a missing one at -1.",
    ),
]

MANY = 150
MANY_CLASSES = [
    Input(
        kind="many classes",
        name="of two samples each",
        labels={str(number): 2 for number in range(MANY)},
        features="the given embedding",
        write=arrays(embedding=np.random.default_rng(0).normal(size=(2 * MANY, 4)), labels=np.arange(2 * MANY) % MANY),
    ),
]

GOOD, BAD = (
    {"Chinese": "菜很好吃下次再来", "Japanese": "とても美味しかったです", "Thai": "อาหารอร่อยมาก"},
    {"Chinese": "服务太慢不会再去", "Japanese": "待たされて残念でした", "Thai": "บริการช้าเกินไป"},
)
UNSPACED = [
    Input(
        kind="texts",
        name=f"{script}, without spaces between words",
        write=text(
            table(
                text=[f"{(BAD, GOOD)[row % 2][script]}{BAD[script][row % 5 : row % 7]}" for row in range(N)],
                label=["bad", "good"] * (N // 2),
            )
        ),
        labels={"bad": 12, "good": 12},
        features="words and runs of characters, and how rare they are, 24 dimensions",
        note_texts=(
            "24 texts in a script without spaces between words, such as Chinese, Japanese or Thai: runs of one to "
            "three characters stand for words.",
        ),
    )
    for script in GOOD
]

RING = [(row, (row + 1) % N) for row in range(N)]


def nodes_and(edges: str, **columns: Iterable[object]) -> Callable[[Path], Path]:
    """Write flowers with ids, or other nodes, and a list of edges beside them."""

    def write(folder: Path) -> Path:
        (folder / "edges.csv").write_text(edges)
        (folder / "nodes.csv").write_text(table(id=[f"n{row}" for row in range(N)], **(columns or FLOWERS)))
        return folder / "nodes.csv"

    return write


def edge_rows(*more: tuple[object, object]) -> str:
    return lines(("source", "target"), *((f"n{one}", f"n{other}") for one, other in [*RING, *more]))


JOINED = {"kind": "graphs", "options": ("--edges", "{folder}/edges.csv"), "labels": HALF, "features": TWO_NUMBERS}
GRAPHS = [
    Input(name="nodes and edges", write=nodes_and(edge_rows()), **JOINED),
    Input(
        name="edges and nodes",
        write=lambda folder: nodes_and(edge_rows())(folder).with_name("edges.csv"),
        **(JOINED | {"options": ("--nodes", "{folder}/nodes.csv", "--id", "id")}),
    ),
    Input(
        name="loops, repeats and both directions",
        write=nodes_and(edge_rows((3, 3), (0, 1), (1, 0))),
        note_texts=(
            "1 edge left out, from a node to itself.",
            "1 edge listed more than once: each pair of nodes counts once.",
            "23 edges listed in one direction and 1 in both: each joins its two nodes both ways.",
        ),
        **JOINED,
    ),
    Input(
        name="an edge to an unknown node",
        write=nodes_and(edge_rows((0, 99))),
        note_texts=("1 edge of 'edges.csv' left out, which leads to a node that is no sample ('n99').",),
        lost=1,
        **JOINED,
    ),
    Input(
        name="isolated nodes without features",
        write=nodes_and("source,target\nn0,n1\nn2,n3\n", label=KINDS),
        note_texts=(
            "Nodes have no features: samples are compared by their position in the graph, 24 dimensions (spectral "
            "embedding).",
        ),
        **(JOINED | {"features": "position in the graph, 24 dimensions"}),
    ),
    Input(
        kind="graphs",
        name="arrays with edges",
        labels={"0": 12, "1": 12},
        features="the given embedding",
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2, edges=RING),
    ),
    Input(
        kind="graphs",
        name="rows numbered from 1",
        write=arrays(embedding=POINTS, labels=np.arange(N) % 2, edges=np.array(RING) + 1),
        refused="'{source}': an edge names the node 24, and there are nodes 0 to 23. Number the nodes from 0, in the "
        "order of the samples, or leave that edge out.",
    ),
    Input(
        kind="graphs",
        name="edges without nodes",
        write=text(edge_rows(), "edges.csv"),
        refused="'{source}' is a list of edges. Name the table of its nodes, with --nodes nodes.csv; or, if it has "
        "samples, the column that holds their labels, with --label.",
    ),
    Input(
        kind="graphs",
        name="an XML entity",
        write=text('<!DOCTYPE g [<!ENTITY a "a">]><graphml/>', "graph.graphml"),
        refused="'{source}' declares a document type (DTD), which GraphML does not need and which is not read. Take "
        "the line that begins with <!DOCTYPE out of it.",
    ),
]

INPUTS = [*MANY_CLASSES, *GRAPHS, *UNSPACED, *COLUMNS, *LABELS, *FOLDERS, *PICTURE_FILES, *TABLES, *NESTED, *MODELS]
