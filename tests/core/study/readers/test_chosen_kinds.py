"""What the user says about a column holds: by ``--feature`` on the command line and ``kinds`` of `load_study`."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from margin_core.cli import main
from margin_core.errors import SourceError
from margin_core.storage.workspace import workspace_folder
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.chosen_kinds import CHOICES

N = 60
RNG = np.random.default_rng(0)
COLUMNS = {
    "label": [("cat", "dog")[row % 2] for row in range(N)],
    "zip": [f"{(row % 4) * 7:05d}" for row in range(N)],
    "city": [("Ulm", "Bonn", "Jena")[row % 3] for row in range(N)],
    "price": [("cheap" if row % 5 == 0 else f"{row / 4}") for row in range(N)],
    "weight": [("about 3" if row == 7 else f"{row / 4 + 1}") for row in range(N)],
    "code": [str(row) for row in RNG.permutation(N)],
    "dummy": [str(row % 2) for row in range(N)],
    "seen": [("soon" if row == 9 else f"2026-11-{1 + row % 28:02d}") for row in range(N)],
    "group": [("a", "b", "c")[row % 3] for row in range(N)],
    "remarks": [f"The owner of number {row} asks us to call before noon" for row in range(N)],
    "hint": [f"turn left at {['red', 'green', 'blue'][row % 3]} house" for row in range(N)],
    "empty": [""] * N,
}
REMARKS = "remarks:ignore"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "houses.csv"
    pd.DataFrame(COLUMNS).to_csv(path, index=False)
    return path


def chosen(*features):
    return dict(feature.rsplit(":", 1) for feature in features)


NAMES = {
    "zip:category": ["zip=00000", "zip=00007", "zip=00014", "zip=00021"],
    "zip:number": ["zip"],
    "code:number": ["code"],
    "code:id": [],
    "city:ignore": [],
    "dummy:boolean": ["dummy"],
    "dummy:category": ["dummy=0", "dummy=1"],
    "weight:number": ["weight"],
    "seen:date": ["seen"],
    "group:category": ["group=a", "group=b", "group=c"],
    "remarks:id": [],
}


@pytest.mark.parametrize("feature", NAMES)
def test_a_column_is_used_as_chosen(table, feature):
    name, kind = feature.split(":")
    kinds = chosen(REMARKS, feature)
    opened = open_source(table, kinds=kinds)
    names = [found for found in opened.study.inputs.names if found.split("=")[0] == name]
    assert names == NAMES[feature]
    listed_kinds = sorted(f"{column} ({'ignored' if kind == 'ignore' else kind})" for column, kind in kinds.items())
    assert f"Columns read as chosen: {', '.join(listed_kinds)}." in texts_of(opened.notes, NoteKind.READ)
    shown = f"Columns read as {kind}: "
    listed = [text for text in texts_of(opened.notes, NoteKind.READ) if text.startswith(shown)]
    assert any(name in text for text in listed) == bool(names)


def test_a_text_is_each_sample(table):
    kinds = chosen("hint:text")
    assert list(open_source(table, kinds=kinds).study.inputs.values) == COLUMNS["hint"]


def test_a_text_is_each_sample_where_pictures_are_listed_too(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{row}.png,sold on day {row},{row % 2}" for row in range(N)]
    path.write_text("\n".join(["file,caption,label", *rows]) + "\n")
    study = open_source(path, kinds={"caption": "text"}).study
    assert study.inputs.values[1] == "sold on day 1"
    assert study.columns["file"][1] == "1.png"


def test_long_remarks_beside_columns_that_say_more_of_the_label_are_the_samples_only_if_chosen(table):
    study = open_source(table).study
    assert "dummy" in study.inputs.names and study.columns["remarks"].tolist() == COLUMNS["remarks"]
    texts = open_source(table, kinds=chosen("remarks:text")).study.inputs
    assert list(texts.values) == COLUMNS["remarks"]
    study = open_source(table, kinds=chosen(REMARKS)).study
    assert "remarks" not in study.columns and "remarks" not in study.inputs.written.columns
    assert "dummy" in study.inputs.names


def test_a_recognized_role_yields_to_what_is_chosen(table):
    assert "group" in open_source(table).study.columns
    assert "group" not in open_source(table, kinds=chosen(REMARKS, "group:category")).study.columns
    study = open_source(table, label="city", kinds=chosen(REMARKS, "label:category")).study
    assert study.class_names == ("Bonn", "Jena", "Ulm")
    assert {"label=cat", "label=dog"} <= set(study.inputs.names)


def test_a_few_values_that_do_not_fit_are_missing_and_this_is_said(table):
    notes = texts_of(open_source(table, kinds=chosen(REMARKS, "seen:date", "weight:number")).notes)
    assert "Column 'seen': 1 value not of the kind date read as missing." in notes
    assert "Column 'weight' is read as numbers, 'about 3' as missing." in notes


@pytest.mark.parametrize("written", ["{:02d}/{:02d}/2026", "{}-{}-26", "{}.{}.2026", "{}/{}/2026 08:30"])
def test_the_month_of_a_date_comes_first_if_chosen(tmp_path, written):
    path = tmp_path / "t.csv"
    rows = [f"{written.format(1 + row % 12, 1 + row % 7)},{'uv'[row % 2]}" for row in range(N)]
    path.write_text("\n".join(["when,label", *rows]) + "\n")
    study = open_source(path, kinds={"when": "date-month-first"}).study
    days = [np.datetime64(f"2026-{1 + row % 12:02d}-{1 + row % 7:02d}").astype(int) for row in range(N)]
    np.testing.assert_array_equal(np.floor([float(study.inputs[row][0]) for row in range(N)]), days)
    notes = texts_of(open_source(path, kinds={"when": "date-month-first"}).notes)
    assert not any("day before the month" in text for text in notes)


def test_dates_whose_day_comes_first_are_none_where_the_month_does(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{(20 if row == 3 else 1 + row % 9):02d}/0{1 + row % 7}/2026,{'uv'[row % 2]}" for row in range(N)]
    path.write_text("\n".join(["when,label", *rows]) + "\n")
    assert not any("Column 'when'" in text for text in texts_of(open_source(path).notes))  # The 20 settles it.
    notes = texts_of(open_source(path, kinds={"when": "date-month-first"}).notes)
    assert "Column 'when': 1 value not of the kind date read as missing." in notes
    path.write_text("\n".join(["when,label", *(f"{row[:10].replace('0', '2', 1)}{row[10:]}" for row in rows)]) + "\n")
    with pytest.raises(SourceError) as refused:
        open_source(path, kinds={"when": "date-month-first"})
    assert "are not of the kind date-month-first. Choose another kind" in str(refused.value)


def test_rare_values_of_a_category_belong_to_none(table):
    opened = open_source(table, kinds=chosen(REMARKS, "code:category"))
    assert sum(name.startswith("code=") for name in opened.study.inputs.names) == 30
    note = "Column 'code': 30 values beside its 30 most frequent categories belong to none."
    assert note in texts_of(opened.notes)


KINDS = "number, boolean, category, date, date-month-first, text, id or ignore"
ANOTHER = f"Choose another kind with --feature: {KINDS}."
LISTED = f"Its columns are: {', '.join(COLUMNS)}. Name one of these with --feature."
REFUSED = {
    "town:category": f"'PATH' has no column 'town'. {LISTED}",
    "city:town": f"'PATH': a column is not of the kind 'town'. Choose for 'city': {KINDS}.",
    "price:number": f"'PATH': 12 of the 60 values of the column 'price' are not of the kind number. {ANOTHER}",
    "city:date": f"'PATH': 60 of the 60 values of the column 'city' are not of the kind date. {ANOTHER}",
    "city:boolean": f"'PATH': 60 of the 60 values of the column 'city' are not of the kind boolean. {ANOTHER}",
    "empty:number": f"'PATH': the column 'empty' has no value that could be a number. {ANOTHER}",
    "dummy:number": (
        "'PATH': the samples are the texts of the column 'remarks' and no rows of features, so --feature dummy:number "
        "changes nothing. Leave it out, or choose --feature remarks:ignore to have the other columns as features."
    ),
}  # fmt: skip


@pytest.mark.parametrize("feature", REFUSED)
def test_what_cannot_be_is_refused_in_words(table, feature, capsys):
    features = ["remarks:text" if feature == "dummy:number" else REMARKS, feature]
    expected = REFUSED[feature].replace("PATH", str(table.resolve()))
    with pytest.raises(SourceError) as refused:
        open_source(table, kinds=chosen(*features))
    assert str(refused.value) == expected
    flags = [part for each in features for part in ("--feature", each)]
    assert main(["audit", str(table), *flags, "--out", str(table.parent / "out")]) == 2
    assert capsys.readouterr().err.strip() == f"margin: {expected}"


@pytest.mark.parametrize(("kinds", "named", "words"), [
    ({"city": "text", "zip": "text"}, {}, "a sample cannot be both the text of 'city' and the text of 'zip'"),
    ({"city": "text"}, {"file": "zip"}, "a sample cannot be both the text of 'city' and the pictures of 'zip'"),
    ({"city": "category"}, {"group": "city"}, "the column 'city' is named by --group and --feature"),
    ([("city", "id"), ("city", "text")], {}, "the column 'city' cannot be of several kinds: id, text"),
    ("city:text", {}, "kinds must have a kind for each name of a column, such as {'city': 'category'}; got a str"),
])  # fmt: skip
def test_choices_that_contradict_are_refused(table, kinds, named, words):
    with pytest.raises(SourceError, match=re.escape(words)):
        open_source(table, kinds=kinds, **named)


@pytest.mark.parametrize("feature", ["city", ":category", "city:"])
def test_the_option_has_a_name_and_a_kind(table, feature, capsys):
    assert main(["review", str(table), "--feature", feature]) == 2
    assert "--feature takes NAME:KIND; got " in capsys.readouterr().err


def test_a_column_has_one_kind_on_the_command_line_too(table, capsys):
    flags = ["--feature", "city:id", "--feature", "city:text", "--feature", "city:id"]
    assert main(["review", str(table), *flags]) == 2
    assert "the column 'city' cannot be of several kinds: id, text. Leave all but one out." in capsys.readouterr().err


def test_sources_without_columns_have_nothing_to_choose(tmp_path, pets):
    np.savez(tmp_path / "a.npz", embedding=np.eye(4), labels=[0, 1, 0, 1])
    for source in (tmp_path / "a.npz", pets):
        with pytest.raises(SourceError, match="so --feature has nothing to name"):
            open_source(source, kinds={"city": "category"})


def test_a_file_with_types_of_its_own(tmp_path):
    frame = pd.DataFrame({name: COLUMNS[name] for name in ("label", "city")})
    frame["year"], frame["flag"] = RNG.integers(2000, 2004, N), np.arange(N) % 3 == 0
    frame["day"] = pd.Timestamp("2026-11-01") + pd.to_timedelta(np.arange(N) % 5, unit="D")
    frame["took"], frame["row"] = pd.to_timedelta(np.arange(N) % 2, unit="s"), np.arange(N)
    frame["boxes"] = [[1, 2]] * N
    frame.to_parquet(tmp_path / "t.parquet")
    kinds = {"year": "category", "flag": "number", "day": "category", "took": "category", "row": "number"}
    opened = open_source(tmp_path / "t.parquet", kinds={**kinds, "boxes": "ignore"})
    counts = pd.Series([name.split("=")[0] for name in opened.study.inputs.names]).value_counts().to_dict()
    assert counts == {"city": 3, "year": 4, "flag": 1, "day": 5, "took": 2, "row": 1}
    assert texts_of(opened.notes, NoteKind.LOSS) == ()


@pytest.mark.slow
def test_the_workspace_records_what_was_chosen(table):
    kinds = chosen(REMARKS, "zip:category")
    first = open_source(table, kinds=kinds, workspace=workspace_folder(table, None))
    folder = workspace_folder(table, None)
    assert json.loads((folder / "workspace.json").read_text())["columns"] == {"kinds": kinds}
    again = open_source(folder)
    assert again.study.fingerprint == first.study.fingerprint
    more = open_source(folder, kinds={"zip": "ignore"}).study.inputs.names
    assert more == tuple(name for name in first.study.inputs.names if not name.startswith("zip="))
    other = open_source(table, workspace=folder).study
    assert "remarks" in other.columns and "zip" in other.inputs.names
    assert json.loads((folder / "workspace.json").read_text())["columns"] == {}


def test_a_study_folder_records_what_was_chosen(table):
    (table.parent / "study.toml").write_text(
        'source = "houses.csv"\n[kinds]\nremarks = "ignore"\nzip = "category"\n', encoding="utf-8"
    )
    names = open_source(table.parent).study.inputs.names
    assert "zip=00007" in names
    assert "zip" in open_source(table.parent, kinds={"zip": "number"}).study.inputs.names


def test_the_command_line_reads_as_the_library_does(table, capsys):
    flags = ["--feature", REMARKS, "--feature", "zip:category"]
    assert main(["audit", str(table), *flags, "--out", str(table.parent / "out")]) == 0
    note = "Columns read as chosen: remarks (ignored), zip (category)."
    assert note in capsys.readouterr().err.splitlines()
    read = json.loads((table.parent / "out" / "summary.json").read_text())["read"]
    assert note in read


def test_help_names_every_kind(capsys):
    with pytest.raises(SystemExit):
        main(["audit", "--help"])
    text = " ".join(capsys.readouterr().out.split()).rpartition("--feature NAME:KIND")[2].partition("--workspace")[0]
    assert all(kind in text for kind in CHOICES)
