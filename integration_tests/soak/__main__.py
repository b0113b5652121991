"""Reads the whole catalogue under random faults, again and again, and compares with what TikTok holds.

`python -m integration_tests.soak --seeds 20 --minutes 10` prints a table and fails if a row was lost, invented or
doubled, or if a fault spread to what it was not about. A seed fixes the accounts, the faults, and where a sync is cut
off; where requests overtake each other, what comes first may differ. Waits pass at once, and are counted.
"""

import argparse
import faulthandler
import sys
import time

from integration_tests.soak.figures import soak, table
from source_tiktok_marketing.run import share_one_heap

LONGEST_SEED = 900
"""Seconds after which a seed counts as hanging: the stacks of all threads are shown and the process ends."""


def main(arguments: list[str] | None = None) -> int:
    """Soak seed after seed until all are done or the minutes are over; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m integration_tests.soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many accounts")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--minutes", type=float, default=30.0, help="after which no further seed is begun")
    wish = parser.parse_args(arguments)
    share_one_heap()
    results, ends = [], time.monotonic() + wish.minutes * 60
    for seed in range(wish.first, wish.first + wish.seeds):
        if time.monotonic() > ends:
            break
        faulthandler.dump_traceback_later(LONGEST_SEED, exit=True)
        results.append(soak(seed))
        wrong = [f"{kind}: {what}" for kind, what in results[-1].findings]
        sys.stderr.writelines(f"{line}\n" for line in (*results[-1].storms, *wrong))
        sys.stderr.write(f"seed {seed}: {'sound' if results[-1].sound else 'NOT SOUND'}\n")
    faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(table(results) + "\n")
    return 0 if results and all(result.sound for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
