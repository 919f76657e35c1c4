"""What the command line shows: progress, tables, the doctor's findings. `__main__.py` has the verbs."""
