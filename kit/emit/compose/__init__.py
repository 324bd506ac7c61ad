"""The stack for Docker Compose: part.py is one service, stack.py and its neighbours say which there are."""
