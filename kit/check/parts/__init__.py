"""What several laws share: readers of what is compiled."""
