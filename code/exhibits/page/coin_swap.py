"""Let the reader swap two contenders' answers by coins, and see how far luck alone sets them apart.

What: for each message a coin decides whether the answers of the two are swapped; where luck is all
that sets them apart, the swaps set them as far apart as they are. assets/coin-swap.js throws the
coins and piles up the differences; without a script the pile of DRAWS swaps is shown. Source:
Fisher, The Design of Experiments (1935), as `scratch.significance.sign_flip`. Left out: p-values
and their correction, which the page has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from exhibits.base.exhibit import Exhibit, escape
from exhibits.base.json_embed import embed
from exhibits.base.wording import signed

DRAWS = 1_000  # of the pile without a script
BINS = 41


def coin_swap(questions: Mapping[str, Tensor], seed: int = 0) -> Exhibit:
    """Show the differences that coins make, beside the real one; the reader chooses a question.

    questions: its name -> (messages,), for each message the accuracy of the first contender minus
    that of the second
    Raises: ValueError if there is no question, or two contenders answered all messages alike.

    >>> print(coin_swap({"which": torch.tensor([0.5, 0.5, 0.0, -0.5])}).text.splitlines()[0])
    which: +12.5 points apart; coins make that much or more, either way, in 1000 of 1,000 swaps
    """
    if not questions or any(not one.any() for one in questions.values()):
        raise ValueError("give one question or more, with contenders that differ in a message")
    told = [_question(name, one) for name, one in questions.items()]
    piles = [_pile(one, seed) for one in told]
    radios = "".join(
        f'<label><input type="radio" name="coins" value="{at}"{" checked" if at == 0 else ""}>'
        f"<span>{escape(name)}</span></label>"
        for at, name in enumerate(questions)
    )
    lines = [
        f"{one.name}: {signed(one.real, 1)} points apart; coins make that much or more, either way,"
        f" in {pile.far} of {DRAWS:,} swaps"
        for one, pile in zip(told, piles, strict=True)
    ]
    bars = "".join(f'<i style="--n:{100 * part:.0f}%"></i>' for part in piles[0].bars)
    marks = (
        f'<b style="--at:{told[0].at}%"></b><b style="--at:{100 - told[0].at:g}%"></b>'
        f"<span>{signed(-told[0].most, 1)}</span><span>0 points apart</span>"
        f"<span>{signed(told[0].most, 1)}</span>"
    )
    markup = (
        '<div class="ex-coins" role="group" aria-label="Swaps by coins" data-pagefind-ignore>'
        f'<fieldset class="ex-row ex-coins-which"><legend>learned from</legend>{radios}</fieldset>'
        '<div class="ex-row" data-part="coins-room"></div><div class="ex-coins-plot"'
        f' data-part="coins-plot" aria-hidden="true">{bars}{marks}</div><p data-part="coins-said"'
        f' aria-live="polite">{escape(lines[0])}</p><script data-part="coins-data"'
        f' type="application/json">{embed([asdict(one) for one in told])}</script></div>'
    )
    return Exhibit(markup, "\n".join(lines))


@dataclass(frozen=True)
class _Question:
    """What the script needs of a question, in points of accuracy.

    values: of each message, where not 0; real: their sum; most: where the scale ends; at: the real
    difference on it, in percent
    """

    name: str
    values: list[float]
    real: float
    most: float
    at: float


class _Pile(NamedTuple):
    bars: list[float]  # the highest is 1
    far: int  # swaps that set the two as far apart as they are, or further


def _question(name: str, differences: Tensor) -> _Question:
    points = 100 * differences.double() / len(differences)
    values = points[points != 0]
    real, spread = float(values.sum()), float(values.square().sum().sqrt())  # of what coins make
    most = max(1.15 * abs(real), 3.2 * spread)
    listed = [round(one, 5) for one in values.tolist()]
    at = round(50 * (real / most + 1), 1)
    return _Question(name, listed, round(real, 4), round(most, 2), at)


def _pile(asked: _Question, seed: int) -> _Pile:
    """Throw the coins DRAWS times."""
    values = torch.tensor(asked.values, dtype=torch.float64)
    draw = torch.Generator().manual_seed(seed)
    coins = torch.randint(2, (DRAWS, len(values)), generator=draw) * 2 - 1
    made = coins.double() @ values
    far = int((made.abs() >= abs(asked.real) - 1e-3).sum())
    place = ((made / asked.most + 1) / 2 * (BINS - 1)).round().long().clamp(0, BINS - 1)
    bars = torch.bincount(place, minlength=BINS).double()
    return _Pile((bars / bars.max()).tolist(), far)
