"""Floor 3: the worker process. It takes jobs from the queue and gives each exactly one answer."""
