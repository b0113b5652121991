"""The output of commands that people read: no protocol, plain text."""

import sys
from typing import Any, TextIO

from source_tiktok_marketing.protocol import Redactor, Writer


class PlainWriter(Writer):
    """Writes blocks to the output, and what messages say to standard error."""

    def __init__(self, out: TextIO, redactor: Redactor) -> None:
        super().__init__(out, redactor)
        self._hide = redactor.text

    def message(self, message: dict[str, Any]) -> None:
        """Write what a log line or an error says."""
        told = message.get("log") or message["trace"]["error"]
        sys.stderr.write(f"{self._hide(told['message'])}\n")
        sys.stderr.flush()
