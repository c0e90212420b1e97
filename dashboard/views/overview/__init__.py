"""What was found in a study, at first glance."""
