"""What the room remembers of a viewer between comments."""

import msgspec

TRAIL = 20


class ViewerContext(msgspec.Struct, frozen=True, omit_defaults=True):
    """Session context of one pseudonymous viewer, kept in Valkey/Redis.

    Attributes:
        product: id of the product this viewer asked about last.
        asked: how many questions so far in this session.
        bought: ids of products ordered; `returned` those sent back, or whose order was taken back.
        suggested: ids of products already suggested to this viewer.
        trail: products this viewer turned to (asked, clicked, ordered), the newest last, at most `TRAIL`.
    """

    product: str = ""
    asked: int = 0
    bought: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    trail: tuple[str, ...] = ()
