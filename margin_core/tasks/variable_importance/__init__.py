"""Variable importance: RATE, the relative centrality of each variable, from a Bayesian last layer."""
