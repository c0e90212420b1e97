"""The names of what networks may be run on."""

DEVICES = ("auto", "cpu", "cuda", "mps")
"""``auto`` is a graphics processor where torch finds one, else the CPU."""
