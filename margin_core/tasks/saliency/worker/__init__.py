"""Heatmaps on request: what can be requested, who computes it, and the process that serves the dashboard."""
