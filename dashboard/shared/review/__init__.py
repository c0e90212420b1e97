"""Deciding about samples one after another by key, as the label review and the labeling of new samples have it."""
