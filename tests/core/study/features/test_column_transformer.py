"""The features of a table are those of scikit-learn's ColumnTransformer, where it computes any."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from margin_core.study import open_source


def test_numbers_are_imputed_and_scaled_and_categories_one_hot_as_by_scikit_learn(tmp_path):
    random = np.random.default_rng(0)
    frame = pd.DataFrame({
        "length": random.normal(5, 2, 200), "mass": random.gamma(2, 3, 200),
        "color": random.choice(["red", "green", "blue"], 200, p=[0.6, 0.3, 0.1]), "is new": random.random(200) < 0.3,
        "label": random.choice(["a", "b"], 200),
    })  # fmt: skip
    frame.loc[random.choice(200, 15, replace=False), "mass"] = np.nan
    frame.to_csv(tmp_path / "table.csv", index=False)
    centered = StandardScaler(with_std=False)  # Zeros and ones are not scaled: see `standardize`.
    expected = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["length", "mass"]),
        ("categories", make_pipeline(OneHotEncoder(sparse_output=False), centered), ["color"]),
        ("booleans", centered, ["is new"]),
    ]).fit_transform(frame)  # fmt: skip
    # The most frequent category first here, in the order of their names there; a gap does not count in the deviation.
    order = [0, 1, *(2 + np.searchsorted(["blue", "green", "red"], frame["color"].value_counts().index)), 5]
    known = frame["mass"].notna().to_numpy()
    expected[:, 1] *= np.sqrt(known.mean())
    np.testing.assert_allclose(open_source(tmp_path / "table.csv").study.embedding, expected[:, order], atol=1e-5)
