"""Heatmaps on request: what can be requested, who computes it, and the process that serves the dashboard.

====================  ========================================================================
`request`             what can be requested about a sample, and under which key it is stored
`heatmap_maker`       computes what is requested, by the next four
`heatmaps`            heatmaps by any method, drafts first
`heatmap_metrics`     how faithful a heatmap is, and how much it changes with the picture
`perturbed_heatmaps`  heatmaps and supporting samples after a small change of the picture
`part_effects`        what each part does to the probability of every class
`stored_results`      the results of a study, each computed once
`explained_study`     the samples and the model of a study, loaded once they are needed
`stored_arrays`       which arrays a workspace stores of each result
`saliency_server`     the process: requests as lines of JSON, one after another
====================  ========================================================================
"""
