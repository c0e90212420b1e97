"""Readers: one file a format of data set, each of which turns a path into `Samples`; `read_samples` chooses one."""
