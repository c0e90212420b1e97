"""Everything the screens and the command line need of a source, computed once and kept.

`audit` ranks the labels of an opened study and sums it up; `load_or_explain` computes or loads the
explanation of any task.
"""
