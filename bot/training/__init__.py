"""Offline work: data sets, training the small models, evaluation. Nobody imports it but the command line."""
