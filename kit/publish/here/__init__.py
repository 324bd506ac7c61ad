"""What publishing reads on this machine: the compiled build and whether it is fresh, git, and the targets."""
