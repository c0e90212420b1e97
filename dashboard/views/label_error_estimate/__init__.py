"""How many labels are wrong, how sure that is, and when to stop."""
