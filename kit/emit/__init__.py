"""What is written under monitoring/: one module for each thing, from definitions to text. Pure."""
