"""Floor 0, the nouns: frozen values, ports and errors. No I/O, no clock, no dice, no asyncio."""
