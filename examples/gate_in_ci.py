"""Fail a continuous-integration job when too many labels are suspects, or when a file cannot be read."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

SOURCE = "sample_data/digits"  # your folder or table
LIMIT = "label_flips>10%"  # a share of the labels; label_flips>20 is a number of labels

with TemporaryDirectory() as temporary:
    folder = Path(temporary)  # in your job, a folder that it keeps: results, and a workspace for the next run
    command = [
        *(sys.executable, "-m", "margin_core", "audit", SOURCE),  # the same as: margin audit SOURCE
        *("--task", "label_flips", "--fail-on", LIMIT),
        "--strict",  # refuse a source of which anything would be left out, such as a picture that cannot be read
        *("--out", str(folder / "audit"), "--report", str(folder / "report.html"), "--force"),  # replace the last run's
        *("--workspace", str(folder / "workspace"), "--json", "--quiet"),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")

    # 0: within the limit. 1: more suspects than the limit allows; the JSON is complete. Anything else: nothing was
    # audited, and one sentence on standard error says why (2: wrong usage or input, or a loss that --strict refuses).
    if done.returncode not in (0, 1):
        sys.exit(done.returncode)
    audit = json.loads(done.stdout)
    (summary,) = audit["tasks"]  # a list, one entry a task
    print(f"{summary['suspects']} of {summary['labelled']} labels are suspects ({summary['suspect_share']:.1%})")
    for note in summary["notes"]:
        print(f"{note['kind']}: {note['text']}")  # loss: left out of the study; assumption: guessed, replaced, not used

    findings = pd.read_parquet(folder / "audit" / "findings.parquet")  # the same as findings.csv, with types
    suspects = findings[findings["role"] == "suspect"]
    print(suspects[["id", "given_label", "suggested_label", "score"]].head(10).to_string(index=False))
    if done.returncode == 1:
        sys.exit(f"More suspects than {LIMIT} allows. Review them: margin open {SOURCE}")
