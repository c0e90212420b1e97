"""What the page of prototypes and criticisms says."""

TITLE = "Prototypes & criticisms"
HELP = (
    "Prototypes represent the other samples of their class. Criticisms are samples that no prototype explains: "
    "mislabeled, unusual, or between two kinds."
)
COMPARE = "Compare with MMD-critic"
COMPARE_HELP = "A published method for the same purpose; it is computed when you switch it on."
COMPUTING_PEER = "MMD-critic is being computed; its rows appear beside these."
GESTURES = (("click", "a prototype or a criticism: its sample is shown here"),)
ROLES = {"prototype": "prototypes", "criticism": "criticisms"}


def selected_in_role(role: str, class_name: str | None) -> str:
    """Return which samples a role holds, to follow their number."""
    return f"{ROLES[role]} {'of all classes' if class_name is None else f'of class {class_name}'}"


def selected_by_prototype(sample: str) -> str:
    """Return which samples a prototype represents, to follow their number."""
    return f"represented by {sample}"
