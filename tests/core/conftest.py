"""Examples drawn the same way each time, and no clock: a busy machine must not fail a test."""

from hypothesis import settings

settings.register_profile("margin", deadline=None, derandomize=True, database=None, max_examples=40)
settings.load_profile("margin")
