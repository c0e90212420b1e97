"""Colours and charts: pure functions, no Streamlit."""
