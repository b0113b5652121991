"""Draws what each ad account spent a day: bars for what the DuckDB file holds, a line for what TikTok holds."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import matplotlib as mpl
import matplotlib.dates
import matplotlib.ticker
from matplotlib import pyplot as plt

mpl.use("Agg")

SPEND = """
select cast(stat_time_day as date) as day, sum(cast(metrics ->> 'spend' as decimal(18, 2))) as spend
from {schema}.ads_reports_daily where advertiser_id = ? group by day order by day
"""


def draw(axes: plt.Axes, brought: dict[date, float], account: dict[str, Any]) -> None:
    """One ad account."""
    held = {date.fromisoformat(day): float(spend) for day, spend in account["held"].items()}
    axes.bar(list(brought), list(brought.values()), color="#25aeb0", width=0.8, label="in the warehouse")
    axes.plot(
        list(held), list(held.values()), color="#1a1a1a", linewidth=1, marker="o", markersize=2.5, label="at TikTok"
    )
    axes.set_title(f"{account['advertiser_id']}, {account['currency']}", fontsize=9, loc="left")
    axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=7)
    axes.yaxis.set_major_formatter(mpl.ticker.StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_major_locator(mpl.dates.WeekdayLocator(byweekday=0))
    axes.xaxis.set_major_formatter(mpl.dates.DateFormatter("%d %b"))
    axes.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    job = json.load(sys.stdin)
    with duckdb.connect(job["database"], read_only=True) as database:
        statement = SPEND.format(schema=job["schema"])
        brought = [
            {day: float(spend) for day, spend in database.execute(statement, [account["advertiser_id"]]).fetchall()}
            for account in job["accounts"]
        ]
    figure, rows = plt.subplots(len(brought), 1, figsize=(8, 1.5 * len(brought) + 0.6), sharex=True, squeeze=False)
    for axes, spend, account in zip(rows[:, 0], brought, job["accounts"], strict=True):
        draw(axes, spend, account)
    figure.suptitle("Spend by ad account and day", fontsize=11, x=0.02, ha="left", fontweight="bold")
    figure.legend(*rows[0, 0].get_legend_handles_labels(), loc="upper right", ncols=2, fontsize=8, frameon=False)
    figure.tight_layout()
    figure.savefig(job["picture"], dpi=110)
    Path(sys.argv[1]).write_text(json.dumps({"bars": sum(map(len, brought))}), encoding="utf-8")
