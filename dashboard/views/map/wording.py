"""What the page of the map says."""

TITLE = "Map"
HELP = "Samples that are close on the map have similar features. Scores never use the map itself."
COLOR, FILTER = "Color", "Filter"
HINT = "Draw a lasso or a box around points, or click a class, to list its samples here."
GESTURES = (
    ("click", "a point: its sample is shown here"),
    ("draw", "around points: their samples are listed"),
    ("legend", "a class: all its samples are listed"),
    ("wheel", "zooms; the right button moves the map"),
)
INSIDE_LASSO = "on the map"
REVIEW_THESE, CLEAR = "Review these", "Clear"
