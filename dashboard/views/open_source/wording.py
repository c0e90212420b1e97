"""What the page says on which a data set is opened."""

TITLE = "Open"
HELP = "Sources must be below the folders that were allowed when MARGIN was started (--root)."
OPEN_NOW, SHOW, SHOWN = "Open now", "Show", "Shown"
STATES = {"running": "being read", "done": "ready"}
OPEN_NOW_HINT = "Data sets opened since MARGIN was started. Show one to see it on all pages."
OPEN_ANOTHER, OPEN = "Open a data set", "Open"
SOURCE = "Folder or file"
SOURCE_HINT = "Choose, or type a path"
SOURCE_HELP = (
    "A folder of class folders (or a .zip of it), a table (.csv, .jsonl, .parquet), arrays (.npz, .npy), WebDataset "
    "shards (.tar), a folder of Hugging Face Datasets, an export of COCO, Label Studio or FiftyOne (.json), a graph "
    "(.graphml, .gml, .npz with edges), or a workspace (.margin)."
)
NO_SOURCE = "Choose a folder or a file, or type its path."
SHEET = "Sheet"
FIRST_SHEET = "{}, the first"
SHEET_HELP = "The sheet of the workbook that holds the samples, a row each."
MODEL = "Model"
MODEL_HINT = "efficientnet-lite0, resnet18:weights.safetensors, resnet50:IMAGENET1K_V2, timm:NAME, model.onnx"
MODEL_HELP = (
    "If empty: the features of the source, otherwise those of EfficientNet-Lite0. “margin” fits a model to pictures "
    "that came with features; “gradient_boosting” or “mlp” fits one to a table and ranks by its cross-validated "
    "probabilities, too; so does “gcn” to a graph. Published weights are never downloaded from here: start MARGIN "
    "with --model and --download once."
)
LABELS = "Labels in another file"
LABELS_HINT = "labels.csv"
LABELS_HELP = "A table with the ids or file names of the samples in one column and their labels in another."
CLASSES, CLASSES_HINT = "Classes", "cat, dog"
CLASSES_HELP = (
    "Where no sample has a label yet: what the classes are called, with commas between them. They can be named later, "
    "too."
)
EDGES = "Edges in another file"
EDGES_HINT = "edges.csv"
EDGES_HELP = (
    "A table of the edges between the samples, which are the nodes of a graph then: two columns of their ids, and "
    "perhaps one of weights."
)
NODES = "Nodes in another file"
NODES_HINT = "nodes.csv"
NODES_HELP = (
    "The source is a list of edges; this is the table (or other source) of the samples that they join: their ids, and "
    "labels and features, if any."
)
REFERENCE = "Compare with earlier data"
REFERENCE_HINT = "a folder, file or workspace"
REFERENCE_HELP = (
    "A reference, such as last month's data, for the page New data (drift): samples of the same kind, read with the "
    "same model and columns. Classes are matched by their names."
)
COLUMNS = {
    "label": ("Label column", "What the samples are labeled as."),
    "id": ("Id column", "Names the samples, each another one; if none does, they are numbered."),
    "file": ("Picture column", "Paths of pictures, for a table that lists them."),
    "split": ("Split column", "Says which samples are for training, and which for validation or testing."),
}
"""Columns that may be named: what each is called and for."""

KINDS = "Kinds of columns"
KINDS_HELP = (
    "For columns whose values are misread: choose them, then how each is used. date-month-first: 1/2/2021 is "
    "January 2; text: it is the text of each sample; id: it is no feature; ignore: it is left out."
)
RECOGNIZED_BY_VALUES = "recognized by the values; choose columns that are misread"
CHOOSE_KIND = "choose"
RECOGNIZED = "recognized by its name"
ROOTS = "Folders that may be opened: "


def kind_of(column: str) -> str:
    """Return what the choice of the kind of a column is called."""
    return f"{column} is"
