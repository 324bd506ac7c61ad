"""docs/checklist.md, run: `make checklist` reads the page's boxes and gives each the command that it names."""
