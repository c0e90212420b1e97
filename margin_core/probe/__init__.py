"""The linear probe: an L2 logistic regression on the features of a study, which any task may use.

Modules, from the optimizer up: `logistic` (the fit), `principal` and `features` (what it is fitted on), `folds` (who is
held out when), `linear_probe` (cross-validated), `trust_weighted` (fitted twice, the second time with every label
weighted by the evidence for it), `in_sample` (fitted on all labels at once) and `self_influence` (in closed form).
"""
