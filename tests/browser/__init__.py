"""Tests that drive a real Chromium: a folder for each view, as in `dashboard/views`."""
