"""Floor 1, after the fact: pure figures over Turns."""
