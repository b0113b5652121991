"""The demo's DuckDB file: it holds what the account holds, it is drawn, and the examples answer their questions."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integration_tests.clients import environment
from integration_tests.clients.environment import ROOT
from integration_tests.clients.warehouse import SCHEMA
from integration_tests.demo.analysis import Analysis
from integration_tests.emulator import Emulator, seeded_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connection

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not environment.is_there(), reason=environment.MISSING),
]

EXAMPLES = ROOT / "examples"
QUESTIONS = sorted((EXAMPLES / "sql").glob("*.sql"))


@dataclass
class Analysed:
    """The demo's file after both syncs, and the answer to each question."""

    analysis: Analysis
    answers: dict[str, list[list[Any]]]

    def column(self, question: str, place: int) -> Decimal:
        """The sum of a column of an answer."""
        return sum((Decimal(row[place]) for row in self.answers[question]), Decimal())


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analysed]:
    folder = tmp_path_factory.mktemp("demo")
    with Emulator(seeded_world(1), now=NOW) as tiktok:
        analysis = Analysis(tiktok, folder, Connection(tiktok, folder / "connection").configured())
        analysis.sync()
        tiktok.clock.move(days=2)
        analysis.sync()
        statements = {path.stem: path.read_text(encoding="utf-8") for path in QUESTIONS}
        yield Analysed(analysis, analysis.ask(statements))


def test_the_file_holds_what_the_accounts_spent(analysed: Analysed) -> None:
    spend = analysed.analysis.spend()

    assert {account: brought for account, (brought, _) in spend.items()} == {
        account: held for account, (_, held) in spend.items()
    }
    assert len([held for _, held in spend.values() if held]) == 5


def test_the_picture_is_drawn(analysed: Analysed) -> None:
    analysed.analysis.draw()
    picture = analysed.analysis.picture.read_bytes()

    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 300_000


@pytest.mark.parametrize(
    ("question", "spend"),
    [("1_spend_by_day_and_campaign", 4), ("2_roas_and_cpa_by_ad", 3)],
)
def test_an_answer_covers_all_that_was_spent(analysed: Analysed, question: str, spend: int) -> None:
    """No join loses or doubles a row."""
    held = sum((held for _, held in analysed.analysis.spend().values()), Decimal())

    assert analysed.column(question, spend) == held > 0


@pytest.mark.parametrize("question", [path.stem for path in QUESTIONS])
def test_a_question_has_an_answer(analysed: Analysed, question: str) -> None:
    rows = analysed.answers[question]

    assert len(rows) >= 5
    assert all(None not in row[:2] for row in rows)


def test_whole_weeks_are_compared(analysed: Analysed) -> None:
    """Of an account that delivers only since a few days, the week before is unknown."""
    accounts = {account.row["name"]: account for account in analysed.analysis.accounts}
    expected = {}
    for name, account in accounts.items():
        spent = analysed.analysis.held(account)
        if days := sorted(map(date.fromisoformat, spent)):
            weeks = [[days[-1] - timedelta(days=day + 7 * week) for day in range(1, 8)] for week in (1, 0)]
            expected[name] = [sum(spent.get(str(day), Decimal()) for day in week) for week in weeks]
    compared = {
        name: [Decimal(before or 0), Decimal(now or 0)]
        for name, _, before, now, *_ in analysed.answers["5_week_over_week"]
    }

    assert compared == expected
    assert len([weeks for weeks in expected.values() if all(weeks)]) == 4


def test_the_day_has_all_of_its_hours(analysed: Analysed) -> None:
    assert {int(row[1]) for row in analysed.answers["6_hours_of_the_day"]} == set(range(24))


def test_the_script_prints_every_answer(analysed: Analysed) -> None:
    command = [environment.PYTHON, EXAMPLES / "first_questions.py", analysed.analysis.file]
    told = subprocess.run(  # noqa: S603  our own script
        [*command, "--schema", SCHEMA], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert told.count("┌") == len(QUESTIONS) == 6
