"""What the page of counterfactuals says."""

TITLE = "Counterfactuals"
SAMPLE_ACTION = "Counterfactual"
HELP = (
    "What would have to change for a sample to be predicted as another class. A small invertible network leads "
    "from class to class (arXiv 1910.00406)."
)
LEARNS = "Train the network on"
LEARNS_HELP = (
    "Trained on the labels it explains the data; trained on the model's predictions it agrees more with the model."
)
TARGETS = {"labels": "The labels", "model": "The model's predictions"}
THROUGH_FEATURES = (
    "These samples cannot be drawn step by step: pictures of up to 32 × 32 pixels and tables can. Their features are "
    "changed instead, and real samples show where the path is."
)
OTHER_CLASSES = "Nearest samples of other classes"
OTHER_CLASSES_HELP = (
    "The sample first, then the one of each other class whose features are nearest: what it could be taken for."
)
TILES = (
    "With each sample: its given label, the suggested label in bold where it is another, and its rank by label error "
    "score."
)
USE_FEATURES = "Change the features instead"
NOT_TRAINED = "Not trained yet"
STEPS = """This page changes a sample step by step until it is predicted as another class.

1. Train a small invertible network on your samples, once: a minute or two, in the background.
2. Choose a sample and the class to turn it into.
3. Move along the path: each step is shown, with its probabilities.

The network is a surrogate of the model; the page says how often they agree."""
STEPS_OF_FEATURES = STEPS.replace(
    "each step is shown, with its probabilities.",
    "each step has its probabilities, and the real samples that are nearest to it.",
)
TRAIN = "Train the network"
