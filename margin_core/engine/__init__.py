"""Where the heavy steps run, and who remembers them.

A heavy step is a function without arguments that returns arrays, named by what it does and by the
fingerprint of all it depends on. `ThisMachine` runs it; a `margin_core.workspace.Workspace` looks on
disk first. Both are engines, so no step knows about either.
"""

from margin_core.engine.run import Engine, Progress, Run, ThisMachine

__all__ = ["Engine", "Progress", "Run", "ThisMachine"]
