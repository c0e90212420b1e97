"""Where heavy steps run and what is kept of them: engines, the workspace on disk, archives and fingerprints.

A heavy step is a function without arguments that returns arrays, named by what it does and by the
fingerprint of all it depends on. `engine.ThisMachine` runs it; a `workspace.Workspace` looks on
disk first. Both are engines, so no step knows about either.
"""
