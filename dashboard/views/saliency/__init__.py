"""Which parts of a sample made the model say so."""
