"""The dashboard: pages, routes and components over `margin_core`."""
