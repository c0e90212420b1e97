"""What is shown while a study is being opened."""

TITLE = "Opening"
NOTE = (
    "The study opens once its samples are compared and its labels, if there are any, are ranked; the map follows. "
    "You can close this tab."
)
STOP_HELP = "Finished steps are stored and used when you open the same source again."
FACTS = "What was read"
TRY_AGAIN, OPEN_ANOTHER = "Try again", "Open something else"
