"""The panel of one sample, the same beside every page."""
