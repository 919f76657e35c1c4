"""Adapters: one file per platform, each a pure codec and one connection, found by URL scheme.

The contract is `bot.domain.ports.Adapter`; the scheme is an entry point of the group `zhubo.adapters`.
"""
