"""Thumbnails of a selection."""
