"""What the page of the map says."""

TITLE = "Map"
HELP = "Near on the map is near in the features. Scores never use the map itself."
COLOR, FILTER = "Color", "Filter"
HINT = "Draw a lasso or a box around points, or click a class, to list its samples here."
INSIDE_LASSO = "on the map"
REVIEW_THESE, CLEAR = "Review these", "Clear"
