"""The conformance kit for adapters: an author brings a small fake of the platform, the kit tries what real ones do.

    zhubo kit my_package:open_room my_package.tests:MyHarness

Start reading at `harness.py`; what is tried is in `checks.py`.
"""

from bot.domain.errors import NotHere
from bot.kit.harness import Harness

__all__ = ["Harness", "NotHere"]
