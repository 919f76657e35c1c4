"""The moderators' feed over MQTT: a room's state, turns, pending answers and cues out; commands in."""

from bot.backends.mqtt_feed.dial import dial
from bot.backends.mqtt_feed.feed import MqttFeed
from bot.backends.mqtt_feed.messages import schema

__all__ = ["MqttFeed", "dial", "schema"]
