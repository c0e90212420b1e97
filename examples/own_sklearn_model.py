"""Bring a scikit-learn estimator, with probabilities that it states of rows it did not see."""

from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import StandardScaler

from margin_core import Study, explain
from margin_core.tasks import LabelFlips

table = load_breast_cancer()
forest = RandomForestClassifier(n_estimators=50, random_state=0)

# A row's probabilities come from a forest that did not learn from it. Those of a forest that did repeat the wrong
# labels: they would have to be declared by out_of_sample=False, and would be displayed, but not used in ranking.
probabilities = cross_val_predict(forest, table.data, table.target, cv=5, method="predict_proba")

study = Study.build(
    name="breast cancer",
    embedding=StandardScaler().fit_transform(table.data),  # near must mean alike: columns on one scale
    labels=table.target,
    class_names=table.target_names.tolist(),
    inputs=table.data,
    probabilities=probabilities,
    model=forest.fit(table.data, table.target),  # for the pages that ask the model itself
)
findings = explain(LabelFlips(), study).to_frame()
print(findings[["id", "score", "given_label", "suggested_label", "p_given", "p_suggested"]].head())
