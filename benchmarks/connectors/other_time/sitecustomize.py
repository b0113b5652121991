"""Python imports this when it starts, and from then on it is the moment that BENCHMARK_NOW tells, and time goes on."""

import os
from datetime import datetime

import time_machine

time_machine.travel(datetime.fromisoformat(os.environ["BENCHMARK_NOW"]), tick=True).start()
