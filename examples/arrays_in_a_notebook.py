"""Find wrong labels in arrays that are already in memory, and estimate how many are left."""

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from margin_core import Study, estimate_errors, explain
from margin_core.tasks import LabelFlips

# Your arrays: features in which similar samples are close, and one label per sample. Here, 5 % are made wrong.
X, truth = load_digits(return_X_y=True)
rng = np.random.default_rng(0)
y = truth.copy()
wrong = rng.choice(len(y), size=len(y) // 20, replace=False)
y[wrong] = (y[wrong] + rng.integers(1, 10, len(wrong))) % 10

study = Study.build(name="digits", embedding=X, labels=y)
explanation = explain(LabelFlips(), study)
findings = explanation.to_frame()  # one row per sample, most likely errors first
print(findings[["id", "score", "role", "given_label", "suggested_label"]].head())

suspects = findings[findings["role"] == "suspect"]
print(
    f"{len(suspects)} suspects, {np.isin(suspects['id'].astype(int), wrong).sum()} of {len(wrong)} wrong labels found"
)

# How many labels are wrong? Before any review, and after a review of the first 40.
print(estimate_errors(study))
first = findings.head(40)
rows = first["id"].astype(int)
reviews = pd.DataFrame(
    {
        "id": first["id"],
        "verdict": np.where(y[rows] == truth[rows], "keep", "relabel"),
        "label": truth[rows].astype(str),
    }
)
estimate = estimate_errors(study, reviews)
print(estimate)
print(estimate.to_frame()[["id", "p_label_error", "p_low", "p_high", "reviewed"]].iloc[38:42])

# A clean copy, corrected by the reviews.
clean = y.copy()
relabeled = reviews["verdict"] == "relabel"
clean[rows[relabeled]] = reviews.loc[relabeled, "label"].astype(int)
print(f"{(clean != y).sum()} labels corrected")
