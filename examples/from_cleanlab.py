"""Use cleanlab's results: its label quality beside MARGIN's score, and as a signal on MARGIN's graph."""

import numpy as np
from cleanlab.rank import get_label_quality_scores
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from margin_core import Study, explain
from margin_core.tasks import ContextualOutliers, LabelFlips

X, y = load_digits(return_X_y=True)
probabilities = cross_val_predict(LogisticRegression(max_iter=2000), X / 16, y, cv=3, method="predict_proba")
quality = get_label_quality_scores(y, probabilities)  # high = good, unlike the label error score

study = Study.build(name="digits", embedding=X, labels=y, probabilities=probabilities, columns={"quality": quality})
ranked = explain(LabelFlips(), study).to_frame()
ranked["cleanlab"] = 1 - quality[ranked["id"].astype(int)]
print(ranked[["id", "score", "cleanlab", "given_label", "suggested_label"]].head())

# cleanlab's ranking is also one of the named methods, so you do not have to compute it yourself.
print(explain(LabelFlips(method="self_confidence"), study).findings.ids[:5], np.argsort(quality)[:5])

# Any column can be a signal: samples whose label quality differs from that of their neighbors.
print(explain(ContextualOutliers(column="quality"), study).to_frame().head(3))
