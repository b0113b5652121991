"""The generated parts of the documents.

A part stands between two markers, in any document; everything around it is written by hand.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from unit_tests.generate.connector_page import changelog_table, data_type_table, page_stream_table
from unit_tests.generate.custom_reports import group_table, metric_rule_table, offer_table
from unit_tests.generate.options import option_table
from unit_tests.generate.plan import plan_text
from unit_tests.generate.tables import error_table, family_table, speed_table, stream_table

PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
PARTS: Mapping[str, Callable[[], str]] = {
    "changelog": changelog_table,
    "config": option_table,
    "custom_groups": group_table,
    "custom_metrics": metric_rule_table,
    "custom_reports": offer_table,
    "data_types": data_type_table,
    "errors": error_table,
    "families": family_table,
    "page_streams": page_stream_table,
    "plan": plan_text,
    "speed": speed_table,
    "streams": stream_table,
}


def documents(root: Path) -> list[Path]:
    """Return the documents of the project that have a generated part."""
    return [path for path in (*sorted(root.glob("*.md")), *sorted(root.glob("docs/**/*.md"))) if parts_of(path)]


def parts_of(path: Path) -> list[str]:
    """Return the names of the generated parts of a document."""
    return [name for _, name, _ in PART.findall(path.read_text(encoding="utf-8"))]


def renewed(path: Path) -> str:
    """Return the text of a document with its generated parts made anew."""
    text = path.read_text(encoding="utf-8")
    return PART.sub(lambda match: f"{match[1]}{PARTS[match[2]]()}{match[3]}", text)
