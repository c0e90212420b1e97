"""One thin page a question; run by `dashboard.router`."""
