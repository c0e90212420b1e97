"""Step 0: a data set, and the outputs of a model for it, as a `Study`.

Each kind of source has a reader of its own, which turns a path into `Samples`; `load` chooses the
reader, adds the model's outputs (`features`) and builds the study.
"""

from margin_core.study.features.model_features import add_model_outputs
from margin_core.study.inputs.pictures import PictureFiles
from margin_core.study.load import Opened, load_study, open_source
from margin_core.study.roots import resolve_within_roots
from margin_core.study.samples import ColumnNames
from margin_core.values.number_table import NumberTable

__all__ = [
    "ColumnNames",
    "NumberTable",
    "Opened",
    "PictureFiles",
    "add_model_outputs",
    "load_study",
    "open_source",
    "resolve_within_roots",
]
