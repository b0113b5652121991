"""Programs that find out, within a container, which limits hold there."""

import json

from integration_tests.images.containers import ContainerConnection
from integration_tests.images.engines import MEMORY_MEGABYTES

_FACTS = """
import json, os
def writes(folder):
    try:
        open(os.path.join(folder, "written"), "w").close()
    except OSError:
        return False
    return True
places = ["/", "/tmp", "/var/tmp", os.getcwd(), os.path.expanduser("~")]
privileges = int(next(line for line in open("/proc/self/status") if line.startswith("CapEff")).split()[1], 16)
processors = len(os.sched_getaffinity(0))
print(json.dumps([os.getuid() != 0 and privileges == 0, not any(map(writes, places)), processors == 1]))
"""
_GREED = "len(bytearray({} << 20))"
_TIMES = """
import json, subprocess, sys, time
seconds = []
for _ in range(9):
    started = time.perf_counter()
    subprocess.run(["python", "/airbyte/integration_code/main.py", *sys.argv[1:]], stdout=subprocess.DEVNULL)
    seconds.append(time.perf_counter() - started)
print(json.dumps(sorted(seconds)))
"""


def enforced(connection: ContainerConnection) -> dict[str, bool]:
    """Which limits hold, by their names."""
    _, told = connection.python(_FACTS)
    no_root, read_only, one_processor = json.loads(told)
    greedy, _ = connection.python(_GREED.format(2 * MEMORY_MEGABYTES))
    modest, _ = connection.python(_GREED.format(MEMORY_MEGABYTES // 4))
    return {
        "a user without rights": no_root,
        "a read-only file system": read_only,
        "one processor": one_processor,
        f"{MEMORY_MEGABYTES} MB of memory": greedy != 0 and modest == 0,
    }


def seconds(connection: ContainerConnection, *arguments: str) -> list[float]:
    """How long a command takes in a container that is there already, of nine times, shortest first."""
    status, told = connection.python(_TIMES, *arguments)
    assert status == 0, told
    found: list[float] = json.loads(told)
    return found
