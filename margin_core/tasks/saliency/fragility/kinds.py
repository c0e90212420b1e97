"""The changes of a picture that are tried on an explanation, and how strong they are."""

ATTACK_KINDS = ("random", "top_k", "mass_center")
"""Of a heatmap: random signs; an attack on the most important pixels; one on the center of mass."""

EXEMPLAR_KINDS = ("random", "attack")
"""Of the samples that support a prediction: random signs; an attack on their influence."""

EPS = (1, 2, 4, 8)
"""Largest changes of a value, on the scale 0 to 255: those of the paper."""
