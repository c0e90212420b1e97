"""What is measured in a browser, one group of figures a file; `benchmarks/browser.py` runs them."""
