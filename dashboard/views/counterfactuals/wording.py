"""What the page of counterfactuals says."""

TITLE = "Counterfactuals"
HELP = (
    "What would have to change for a sample to become the other class? A small network that can be run backwards "
    "draws every step of the way (invertible networks, arXiv 1910.00406)."
)
LEARNS = "The network learns"
LEARNS_HELP = "From your labels it explains the data; from your model's predictions it comes closer to your model."
TARGETS = {"labels": "your labels", "model": "what your model predicts"}
USE_FEATURES = "Change the features instead"
NOT_TRAINED = "No network is trained yet"
STEPS = """This page changes a sample step by step until it is predicted as another class.

1. Train a small invertible network on your samples, once: a minute or two, in the background.
2. Choose a sample and the class to turn it into.
3. Move along the path: each step is drawn, with its probabilities.

The network stands in for your own model; the page says how often both agree."""
TRAIN = "Train the network"
