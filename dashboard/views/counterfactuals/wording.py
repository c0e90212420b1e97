"""What the page of counterfactuals says."""

TITLE = "Counterfactuals"
HELP = (
    "What would have to change for a sample to be predicted as another class. A small invertible network draws every "
    "step (arXiv 1910.00406)."
)
LEARNS = "Train the network on"
LEARNS_HELP = (
    "Trained on your labels it explains the data; trained on your model's predictions it agrees more with your model."
)
TARGETS = {"labels": "Your labels", "model": "Your model's predictions"}
USE_FEATURES = "Change the features instead"
NOT_TRAINED = "Not trained yet"
STEPS = """This page changes a sample step by step until it is predicted as another class.

1. Train a small invertible network on your samples, once: a minute or two, in the background.
2. Choose a sample and the class to turn it into.
3. Move along the path: each step is drawn, with its probabilities.

The network is a surrogate of your own model; the page says how often they agree."""
TRAIN = "Train the network"
