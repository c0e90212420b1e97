"""A sample carried across a class boundary by an invertible network."""
