"""The linear probe: a logistic regression on the features of a study, cross-validated, that any task may use."""
