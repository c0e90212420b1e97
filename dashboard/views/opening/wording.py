"""What is shown while a study is being opened."""

TITLE = "Opening"
NOTE = "The queue opens once the ranking is there; the map follows. You can close this tab."
STOP_HELP = "What is finished is kept, and used when you open the same source again."
TRY_AGAIN, OPEN_ANOTHER = "Try again", "Open something else"
