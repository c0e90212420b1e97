"""Leave with the corrected data."""
