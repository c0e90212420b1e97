"""Decide on suspect labels, one after another or in groups."""
