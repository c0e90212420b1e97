"""The map of samples."""
