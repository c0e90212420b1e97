"""What the page of the label review says outside its component."""

REVIEW_ALL = "Review all"
WITHOUT_LABEL = "without a label"
