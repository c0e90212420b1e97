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
NOT_TRAINED = "**No network is trained yet.**"
COST = (
    "A small network learns your samples once, on this machine. That takes a minute or two; you can go on meanwhile. "
    "It stands in for your own model, and the page always says how often both agree."
)
TRAIN = "Train the network"
