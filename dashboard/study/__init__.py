"""The studies that are open in this process, and what every view reads of them."""
