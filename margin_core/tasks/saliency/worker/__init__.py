"""Heatmaps on request: what can be requested, who computes it, and the process that serves the dashboard.

==================  ==========================================================================
`request`           what can be requested about a sample, and under which key it is stored
`heatmap_maker`     computes what is requested, and stores it
`explained_study`   the samples and the model of a study, loaded once they are needed
`stored_arrays`     which arrays a workspace stores of each result
`saliency_server`   the process: requests as lines of JSON, one after another
==================  ==========================================================================
"""
