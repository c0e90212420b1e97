"""Use a scikit-learn estimator, with out-of-sample probabilities."""

from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import StandardScaler

from margin_core import Study, explain
from margin_core.tasks import LabelFlips

table = load_breast_cancer()
forest = RandomForestClassifier(n_estimators=50, random_state=0)

# The probabilities of each row come from a forest that was not trained on it. A forest that was trained on it would
# repeat wrong labels; its probabilities must be declared by out_of_sample=False, and are not used in ranking.
probabilities = cross_val_predict(forest, table.data, table.target, cv=5, method="predict_proba")

study = Study.build(
    name="breast cancer",
    embedding=StandardScaler().fit_transform(table.data),  # similar rows must be close: same scale for all columns
    labels=table.target,
    class_names=table.target_names.tolist(),
    inputs=table.data,
    probabilities=probabilities,
    model=forest.fit(table.data, table.target),  # for pages that need the model itself
)
findings = explain(LabelFlips(), study).to_frame()
print(findings[["id", "score", "given_label", "suggested_label", "p_given", "p_suggested"]].head())
