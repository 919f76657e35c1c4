"""The client of Valkey/Redis that fronts and workers use."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

CONNECTIONS = 64  # to the store, per process; more callers wait their turn


def connect_redis(url: str, patience: int) -> Redis:
    """Open a Redis client that rides out a restart: `patience` tries, at most 0.3 s apart."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=5,
        socket_timeout=5,
        socket_connect_timeout=2,
        retry=Retry(ExponentialBackoff(cap=0.3, base=0.02), patience),
        retry_on_error=[ConnectionError],
        health_check_interval=15,
    )
    return Redis.from_pool(pool)
