"""What the judge found: rows of figures with the bounds they must keep."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from zones.judge.distances import Floats


@dataclass(frozen=True, slots=True)
class Row:
    """One figure."""

    # name, what: the thing judged and what was measured on it
    name: str
    what: str
    count: int  # samples
    # largest, p999: largest error and 99.9th percentile, in ``unit``
    largest: float
    p999: float | None
    bound: float | None  # largest that is promised; None where nothing is
    unit: str  # ``m``, ``ppm``, or what is counted
    ok: bool  # the bound is kept
    # lon, lat: where the largest was found [deg]
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All rows of one judgement."""

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Every promised bound is kept."""
        return all(row.ok for row in self.rows)

    @property
    def broken(self) -> tuple[Row, ...]:
        """The rows whose bound is not kept."""
        return tuple(row for row in self.rows if not row.ok)

    def lines(self) -> list[str]:
        """A table for a terminal."""
        head = ("", "what", "samples", "largest", "99.9 %", "bound", "", "")
        cells = [head]
        previous = ""
        for row in self.rows:
            verdict = "ok" if row.ok else "BROKEN"
            if row.bound is None:
                verdict = "-"
            if not row.ok and row.lon is not None:
                verdict += f" at {row.lon:.7f} {row.lat:.7f}"
            cells.append(
                (
                    "" if row.name == previous else row.name, row.what, f"{row.count:,}",
                    _figure(row.largest), _figure(row.p999), _figure(row.bound), row.unit, verdict,
                )
            )  # fmt: skip
            previous = row.name
        widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
        table = [
            "  ".join(
                cell.rjust(width) if 2 <= column <= 5 else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in cells
        ]
        kept = sum(row.bound is not None and row.ok for row in self.rows)
        summary = f"{kept} bounds held" + (f", {len(self.broken)} BROKEN" if self.broken else "")
        return [table[0], "-" * max(map(len, table)), *table[1:], "", summary]

    def as_dict(self) -> dict[str, Any]:
        """The same, JSON-ready; infinite values become null."""
        rows = [
            {key: None if value in (np.inf, -np.inf) else value for key, value in asdict(row).items()}
            for row in self.rows
        ]
        return {"ok": self.ok, "rows": rows}


def measured(name: str, what: str, at: Floats, error: Floats, bound_m: float | None) -> Row:
    """A row of errors in metres, with where the largest is. [deg, m]"""
    if len(error) == 0:
        return Row(name, what, 0, 0.0, None, bound_m, "m", True)
    error = np.where(np.isnan(error), np.inf, error)
    worst = int(error.argmax())
    return Row(
        name, what, len(error), float(error[worst]),
        float(np.quantile(error, 0.999, method="inverted_cdf")), bound_m, "m",
        bound_m is None or bool(error[worst] <= bound_m), float(at[worst, 0]), float(at[worst, 1]),
    )  # fmt: skip


def counted(name: str, what: str, count: int, at: Floats, off_m: Floats, bound_m: float) -> Row:
    """A row of disagreements: those farther than the bound from where the answer changes. [deg, m]

    ``at`` and ``off_m`` are the places that disagree and how far each is from such a place.
    """
    wrong = int((off_m > bound_m).sum())
    where: tuple[float | None, float | None] = (None, None)
    if wrong:
        worst = at[int(off_m.argmax())]
        where = (float(worst[0]), float(worst[1]))
    return Row(name, what, count, float(wrong), None, 0.0, "points", wrong == 0, *where)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    if value == 0 or (value == int(value) if np.isfinite(value) else False):
        return f"{value:.0f}"
    if value >= 1000:
        return f"{value:,.0f}"
    if value >= 1e-4:
        return f"{value:.4f}".rstrip("0")
    return f"{value:.1e}"
