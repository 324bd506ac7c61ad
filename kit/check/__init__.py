"""What must not get through: the rules, and the schemas that some of them ask."""
