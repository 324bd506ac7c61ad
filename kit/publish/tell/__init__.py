"""What happened, told: to people, to machines, and while it goes on."""
