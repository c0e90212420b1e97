"""The samples between two classes of the model, and a slice of what it says."""
