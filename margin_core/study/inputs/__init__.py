"""Inputs of a study that are no plain array: pictures in files, a table of named columns, texts."""
