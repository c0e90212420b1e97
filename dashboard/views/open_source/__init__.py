"""Open another data set."""
