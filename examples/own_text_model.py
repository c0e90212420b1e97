"""Bring a model of your own kind, here for texts: an object with a fingerprint and class probabilities."""

from collections.abc import Sequence

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline

from margin_core import Study, explain
from margin_core.tasks import LabelFlips, Saliency

# Your texts and labels. Here, short sentences about the weather and about food; two labels are wrong.
rng = np.random.default_rng(0)
PARTS = {
    "weather": (["rain", "snow", "fog", "wind"], ["falls on", "covers", "reaches"], ["the coast", "the hills", "town"]),
    "food": (["soup", "bread", "rice", "cheese"], ["is served with", "goes with"], ["herbs", "olives", "butter"]),
}
texts, labels = [], []
for label, parts in PARTS.items():
    for _ in range(60):
        texts.append(" ".join(rng.choice(words) for words in parts))
        labels.append(label)
for row in (7, 80):
    labels[row] = "food" if labels[row] == "weather" else "weather"


class TextModel:
    """What MARGIN needs of a model: probabilities of a list of texts, and an identity."""

    fingerprint = "weather-or-food-2026-11"  # change it whenever the model would predict something else
    class_names = ("food", "weather")  # of the columns; optional, as are `description` and `embed`

    def __init__(self, classifier: Pipeline) -> None:
        self.classifier = classifier

    def probabilities(self, inputs: Sequence[str]) -> np.ndarray:
        """Return class probabilities of a list of b texts, as an array (b, c)."""
        return self.classifier.predict_proba(list(inputs))


classifier = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
study = Study.build(
    name="sentences",
    inputs=texts,
    labels=labels,
    embedding=make_pipeline(TfidfVectorizer(), TruncatedSVD(8, random_state=0)).fit_transform(texts),
    probabilities=cross_val_predict(classifier, texts, labels, cv=5, method="predict_proba"),  # out-of-sample
    model=TextModel(classifier.fit(texts, labels)),
)
findings = explain(LabelFlips(), study).to_frame()
for row in findings.head(2).itertuples():
    print(f"{texts[int(row.id)]!r} is labeled {row.given_label}, suggested {row.suggested_label}")

# Which words made the model predict "weather"? In each sample, the words are the nodes of the graph.
words = explain(Saliency(sample="0", target="weather"), study).to_frame()
print(words.head(3))

# On the command line: margin audit texts.csv --model my_package:make_model, where make_model() returns such an object.
