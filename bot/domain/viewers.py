"""What the room remembers of a viewer between comments."""

import msgspec


class ViewerContext(msgspec.Struct, frozen=True, omit_defaults=True):
    """Session context of one pseudonymous viewer, kept in Valkey/Redis.

    Attributes:
        product: id of the product this viewer asked about last.
        asked: how many questions so far in this session.
        bought: ids of products ordered.
        suggested: ids of products already suggested to this viewer.
    """

    product: str = ""
    asked: int = 0
    bought: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
