"""Features: the embedding of a study, one file a kind of source.

`model_features` runs a model over the samples, `word_features` weighs the words of texts, `standardized_columns`
scales the columns of a table.
"""

from margin_core.study.features.model_features import with_model

__all__ = ["with_model"]
