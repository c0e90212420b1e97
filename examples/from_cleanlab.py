"""Take what cleanlab computed: its quality of every label, beside MARGIN's score and on MARGIN's graph."""

import numpy as np
from cleanlab.rank import get_label_quality_scores
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from margin_core import Study, explain
from margin_core.tasks import ContextualOutliers, LabelFlips

X, y = load_digits(return_X_y=True)
probabilities = cross_val_predict(LogisticRegression(max_iter=2000), X / 16, y, cv=3, method="predict_proba")
quality = get_label_quality_scores(y, probabilities)  # large = good: the other way round than label_error_score

study = Study.build(name="digits", embedding=X, labels=y, probabilities=probabilities, columns={"quality": quality})
ranked = explain(LabelFlips(), study).to_frame()
ranked["cleanlab"] = 1 - quality[ranked["id"].astype(int)]
print(ranked[["id", "score", "cleanlab", "given_label", "suggested_label"]].head())

# cleanlab's ranking by itself is one of the named methods; no need to compute it elsewhere.
print(explain(LabelFlips(method="self_confidence"), study).findings.ids[:5], np.argsort(quality)[:5])

# And any column can be a signal: labels of a lower quality than those of the samples around them.
print(explain(ContextualOutliers(column="quality"), study).to_frame().head(3))
