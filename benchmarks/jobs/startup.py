"""Start-up: what `spec`, `check` and `discover` take, of a small account."""

from statistics import median
from typing import Any

from benchmarks.connectors.configuration import config_file
from benchmarks.connectors.connector import Pair
from benchmarks.service.service import Service, present

Json = dict[str, Any]

ROUNDS = 5
COMMANDS = ("spec", "check", "discover")


def run(pair: Pair) -> Json:
    """Return the medians of wall and CPU seconds of each command."""
    costs: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with Service("uniform:20x1", present()) as service:
        config = config_file(pair.folder)
        for _ in range(ROUNDS):
            for command in COMMANDS:
                for connector in pair.both():
                    arguments = [command] if command == "spec" else [command, "--config", config]
                    cost = connector.run(service, arguments).required()
                    costs.setdefault((connector.name, command), []).append((cost.wall, cost.cpu))
    return {
        name: {
            command: {
                "wall": median(wall for wall, _ in costs[name, command]),
                "cpu": median(cpu for _, cpu in costs[name, command]),
            }
            for command in COMMANDS
        }
        for name in ("ours", "theirs")
    }
