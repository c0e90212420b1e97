"""Review labels as a team: shares of the queue as tables, one log of decisions, one corrected data set."""

from pathlib import Path
from tempfile import TemporaryDirectory

from margin_core import explain, load_study
from margin_core.review import ReviewState, ReviewStore, export, record_import
from margin_core.tasks import LabelFlips

study = load_study("sample_data/digits")
findings = explain(LabelFlips(), study).to_frame()
queue = findings[findings["role"] == "suspect"]

with TemporaryDirectory() as temporary:
    folder = Path(temporary)

    # Each reviewer gets a share of the queue and fills in verdict (keep, relabel, exclude, skip) and label. Here both
    # accept all suggestions, except that Ben keeps one label that Ada changes.
    shared = queue["id"].iloc[0]
    for name, share in (("ada", queue.iloc[:30]), ("ben", queue.iloc[30:60])):
        table = share[["id", "suggested_label"]].rename(columns={"suggested_label": "label"}).assign(verdict="relabel")
        if name == "ben":
            table.loc[len(findings)] = {"id": shared, "label": "", "verdict": "keep"}
        table.to_csv(folder / f"{name}.csv", index=False)

    # One log: a file on one machine, or for a team a database, "postgresql+psycopg://USER@HOST/NAME".
    with ReviewStore(folder / "decisions.sqlite") as store:
        for name in ("ada", "ben"):
            imported = record_import(folder / f"{name}.csv", study, store, reviewer=name)
            print(f"{name}: {imported.recorded} decisions recorded")
        again = record_import(folder / "ada.csv", study, store, reviewer="ada")
        print(f"ada's file once more: {again.recorded} recorded, {again.known} were there before")
        decisions = store.decisions()

    # The last decision on a sample counts. If two people disagree, this is a conflict that somebody should check.
    for conflict in ReviewState(decisions).conflicts:
        print(conflict.sentence)

    exported = export(study, decisions, "changes-csv", folder / "changes.csv")
    print(f"{exported.count} changed labels in {exported.path.name}")
