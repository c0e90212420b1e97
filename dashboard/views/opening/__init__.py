"""A study on its way."""
