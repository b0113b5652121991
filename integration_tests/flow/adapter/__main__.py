"""The command line of the stand-in is the adapter's."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from integration_tests.flow.adapter.connector import AdapterError, log
from integration_tests.flow.adapter.session import Session

FOLDER = "/var/tmp"  # noqa: S108  where the adapter keeps the connector's files


def respond(response: dict[str, Any]) -> None:
    """Write a response where Flow reads it."""
    sys.stdout.write(json.dumps(response, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve the requests of standard input and exit."""
    parser = argparse.ArgumentParser(prog="airbyte-to-flow")
    parser.add_argument("--connector-entrypoint", required=True)
    entrypoint = parser.parse_args().connector_entrypoint
    with tempfile.TemporaryDirectory(prefix="atf-", dir=FOLDER) as folder:
        try:
            status = Session(entrypoint, Path(folder), respond).serve(sys.stdin)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 1
        except (AdapterError, KeyError) as error:
            log("ERROR", str(error))
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
