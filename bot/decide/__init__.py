"""Floor 1, the verbs: pure functions over the nouns. Time and dice are arguments."""
