"""How good the ranking is, where the truth is known."""
