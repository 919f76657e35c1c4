"""The load test: a platform of many rooms that plays a scenario to any bot that speaks zhubo.v1, and judges it.

It knows nothing of the bot's inside: it sees what a platform sees, and reads `/metrics` for the ledger. Start
reading at `play.py`.
"""
