"""Floor 3: one outside thing per file. Siblings do not know each other; `app.py` alone knows them all."""
