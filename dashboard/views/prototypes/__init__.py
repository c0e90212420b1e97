"""Prototypes and criticisms, class by class."""
