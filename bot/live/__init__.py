"""Floor 2, motion: rooms, queues and time. Start reading at `room.py`."""
