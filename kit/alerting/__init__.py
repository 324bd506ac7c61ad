"""What is told about alerts on the command line: the table of all of them, and what one would do at a value."""
