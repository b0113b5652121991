"""Reads the whole catalogue under random faults, again and again, and compares with what a calm sync reads.

`python -m integration_tests.soak --seeds 20 --minutes 10` prints a table and fails if a key was lost or came out twice.
A seed fixes the account, the faults of every question, and where the sync is cut off before it is resumed. Waits pass
at once, and are counted.
"""

import argparse
import sys
import time

from integration_tests.soak.syncs import soak, table


def main(arguments: list[str] | None = None) -> int:
    """Soak seed after seed until all are done or the minutes are over; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many accounts")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--minutes", type=float, default=30.0, help="after which no further seed is begun")
    wish = parser.parse_args(arguments)
    results, ends = [], time.monotonic() + wish.minutes * 60
    for seed in range(wish.first, wish.first + wish.seeds):
        if time.monotonic() > ends:
            break
        results.append(soak(seed))
        sys.stderr.write(f"seed {seed}: {'sound' if results[-1].sound else 'NOT SOUND'}\n")
    sys.stdout.write(table(results) + "\n")
    return 0 if results and all(result.sound for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
