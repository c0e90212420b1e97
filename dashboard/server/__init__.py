"""How the dashboard is served: start, shell, guard, the program files of the browser."""
