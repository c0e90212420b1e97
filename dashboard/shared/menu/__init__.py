"""What stands at the top of the sidebar: which study is open, how far its review is, and the pages."""
