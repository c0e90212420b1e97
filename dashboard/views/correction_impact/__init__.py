"""What the corrections so far changed, measured on held-out samples."""
