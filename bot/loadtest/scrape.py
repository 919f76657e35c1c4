"""Reading a bot's `/metrics`."""

import asyncio
from collections import Counter

import urllib3
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.errors import ZhuboError


class Scrape:
    """What a bot said of itself at one moment."""

    def __init__(self, page: str) -> None:
        families = text_string_to_metric_families(page)
        self._samples = [(s.name, s.labels, s.value) for family in families for s in family.samples]

    def total(self, name: str, **labels: str) -> float:
        """Sum a figure over all label values that are not named."""
        return sum(v for n, found, v in self._samples if n == name and labels.items() <= found.items())

    def by(self, name: str, label: str, **labels: str) -> dict[str, int]:
        """Return a figure by the values of one label."""
        found: Counter[str] = Counter()
        for n, values, v in self._samples:
            if n == name and labels.items() <= values.items():
                found[values[label]] += int(v)
        return dict(found)


async def scrape(http: urllib3.PoolManager, url: str) -> Scrape:
    """Read the figures. Raises ZhuboError when they cannot be had."""
    try:
        reply = await asyncio.to_thread(http.request, "GET", url)
    except urllib3.exceptions.HTTPError as error:
        raise ZhuboError(
            f"{url} does not answer ({type(error).__name__}). Fix: give --metrics the address of the bot's page with "
            "/metrics, or leave it out to do without the ledger."
        ) from error
    if reply.status != 200:
        raise ZhuboError(f"{url} says {reply.status}. Fix: give --metrics the bot's /metrics.")
    try:
        return Scrape(reply.data.decode())
    except ValueError as error:
        raise ZhuboError(f"{url} is no page of metrics. Fix: give --metrics the bot's /metrics.") from error
