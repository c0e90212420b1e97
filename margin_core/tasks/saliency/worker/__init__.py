"""Heatmaps on request, computed for the dashboard by a process of their own.

The process (`saliency_server`) reads one `request` a line, and `saliency_runner` chooses the module that computes it:
`heatmaps`, `heatmap_metrics`, `perturbed_heatmaps` or `part_effects`. These take samples and model from
`explained_study`, which runs a network by `fast_model`, and store what they find through `stored_results`, in the form
that `stored_arrays` states.
"""
