"""What wakes people: alert rules by area, and the channels that they reach (channels.py).

A rule is named by its variable. Its condition, hold and exceptions are the levels of its signal.
"""
