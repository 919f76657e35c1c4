"""Every error zhubo raises on purpose, in one tree.

    ZhuboError                  something the operator can read and act on
    ├── SettingsError           a setting is wrong: names the field and the fix
    ├── CatalogueError          a catalogue file cannot be used at all
    ├── RulesError              a rule table of advertising law cannot be used
    ├── ModelError              model weights cannot be found, verified or loaded
    ├── StoreError              Valkey/Redis is not reachable
    ├── BrokerError             the embedded MQTT broker does not start
    ├── JournalError            a journal cannot be read
    ├── ScriptError             a live script cannot be made, read or saved
    ├── PortInUse               a local port is taken
    ├── CheckFailed             an adapter did not do what the conformance kit asked
    ├── NotHere                 a fake platform has no such thing: the kit leaves that check out
    └── AdapterError            how an adapter's one connection ended
        ├── Retry               try again (after `after` seconds, or when the supervisor sees fit)
        ├── Fatal               trying again cannot help (wrong token, unknown room)
        └── RoomEnded           the show is over

Errors of foreign libraries are converted at the edge; a test walks this tree.
"""


class ZhuboError(Exception):
    """Base of the tree. `str(error)` is a sentence for the operator, with the fix in it."""


class SettingsError(ZhuboError):
    """A setting is wrong. The message names the field and says what would be right."""


class CatalogueError(ZhuboError):
    """A catalogue file cannot be used at all (missing, unreadable, no usable row)."""


class RulesError(ZhuboError):
    """A rule table of advertising law cannot be used: names file, line, rule and field."""


class ModelError(ZhuboError):
    """Model weights cannot be found, verified or loaded."""


class StoreError(ZhuboError):
    """Valkey/Redis cannot be reached or refuses."""


class BrokerError(ZhuboError):
    """The embedded MQTT broker does not start; the message says what to do."""


class JournalError(ZhuboError):
    """A journal cannot be read: not a journal, damaged, or of an unknown version."""


class ScriptError(ZhuboError):
    """A live script cannot be made, read or saved: names what is wrong and the fix."""


class PortInUse(ZhuboError):
    """A local port is already taken."""


class CheckFailed(ZhuboError):
    """A check of the conformance kit failed; says what was expected and what came."""


class NotHere(ZhuboError):
    """A verb of a kit's fake platform, when the platform has no such thing; says why. The check is left out."""


class AdapterError(ZhuboError):
    """How an adapter's one connection ended."""


class Retry(AdapterError):
    """The connection ended and may be tried again.

    Args:
        why: a sentence for the operator.
        after: seconds the platform asked us to wait; None leaves it to the supervisor's backoff.
    """

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Fatal(AdapterError):
    """The connection cannot succeed by trying again (wrong credentials, unknown room)."""


class RoomEnded(AdapterError):
    """The platform says that the show is over."""
