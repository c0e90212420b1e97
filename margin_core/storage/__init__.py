"""Where heavy steps run and their results are stored: engines, the workspace on disk, archives and fingerprints.

A heavy step is a function without arguments that returns arrays, named by what it does and by the
fingerprint of all it depends on. `engine.LocalEngine` runs it; a `workspace.Workspace` looks on
disk first. Both are engines, so a step does not depend on either.
"""
