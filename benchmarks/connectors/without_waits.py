"""Runs this connector at the moment that BENCHMARK_NOW tells, with waits that pass at once.

For counting requests only: what is asked does not depend on how fast it is asked.
"""

import os
import sys
from datetime import datetime

from integration_tests.harness.clocks import HastyClock
from source_tiktok_marketing.run import main

if __name__ == "__main__":
    moment = datetime.fromisoformat(os.environ["BENCHMARK_NOW"])
    sys.exit(main(sys.argv[1:], sys.stdout, HastyClock(lambda: moment)))
