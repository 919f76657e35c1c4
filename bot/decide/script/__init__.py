"""Live scripts: a plan made by code, facts that stay bound to their fields, and words of a model where it may help.

plan      the run of show: which product when, for how long, and why
sayings   what can be said of a product from its fields, and phrases that state nothing
prompts   what a model is asked for
write     a section's sentences, to length
hold      whether words may stand in a script, and on what they rest
spoken    how long words take to say, and numbers as they are read aloud
mend      what a new catalogue version makes untrue
show      Markdown and the teleprompter's lines
"""
