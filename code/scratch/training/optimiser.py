"""Choose the optimiser: AdamW, or Muon for the matrices of the blocks.

What: AdamW divides each weight's step by the recent size of that weight's gradients. Muon treats a
matrix as a whole: it makes the step orthogonal, so that the matrix changes equally in all
directions. It is for matrices inside the blocks; tables of vectors, the head, norms and biases keep
AdamW. Both share one learning rate, since Muon's step is scaled to the size of AdamW's. Source:
Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019); Jordan et al., Muon: An
optimizer for hidden layers in neural networks (2024); Liu et al., Muon is Scalable for LLM Training
(2025), section 2.2, for the size of its step. The calls are torch's. Left out: a learning rate for
each of the two.
"""

from typing import Any

import torch
from torch import nn

from scratch.training.config import TrainingConfig
from scratch.training.lr_schedule import learning_rate

_TABLES = ("tok_emb.", "pos_emb.", "out_head.")  # rows are vectors of entries and positions
ADAMW_STATE = ("step", "exp_avg", "exp_avg_sq")
MUON_STATE = ("momentum_buffer",)


class MuonWithAdamW(torch.optim.Optimizer):
    """Muon for some parameters and AdamW for the others, as one optimiser."""

    def __init__(self, muon: torch.optim.Muon, adamw: torch.optim.AdamW) -> None:
        """Join the groups and the states of both."""
        super().__init__([*muon.param_groups, *adamw.param_groups], {})
        self.rules = (muon, adamw)
        for rule in self.rules:
            rule.state = self.state

    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Make a step of each; closure is ignored."""
        muon, adamw = self.rules
        muon.step()  # type: ignore[no-untyped-call]
        adamw.step()


def make_optimiser(model: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Return the optimiser of a model; only matrices have weight decay.

    >>> type(make_optimiser(nn.Linear(2, 2), TrainingConfig(optimiser="muon"))).__name__
    'MuonWithAdamW'
    """
    matrices = {name: each for name, each in model.named_parameters() if each.dim() >= 2}
    others = [each for each in model.parameters() if each.dim() < 2]
    hidden = []
    if config.optimiser == "muon":
        hidden = [matrices.pop(name) for name in [*matrices] if not name.startswith(_TABLES)]
    groups = [
        {"params": [*matrices.values()], "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=config.max_lr, betas=config.betas, fused=True)
    if config.optimiser == "adamw":
        return adamw
    muon = torch.optim.Muon(
        hidden, lr=config.max_lr, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
    )
    return MuonWithAdamW(muon, adamw)


def state_names(optimiser: torch.optim.Optimizer) -> dict[nn.Parameter, tuple[str, ...]]:
    """Return the names of the tensors in the optimiser's state, for each parameter.

    >>> model = nn.Linear(2, 2)
    >>> names = state_names(make_optimiser(model, TrainingConfig(optimiser="muon")))
    >>> names[model.weight], names[model.bias]
    (('momentum_buffer',), ('step', 'exp_avg', 'exp_avg_sq'))
    """
    return {
        parameter: MUON_STATE if "momentum" in group else ADAMW_STATE
        for group in optimiser.param_groups
        for parameter in group["params"]
    }


def set_learning_rate(optimiser: torch.optim.Optimizer, config: TrainingConfig, step: int) -> float:
    """Set the optimiser's learning rate for a step (the first is 0), and return it.

    >>> model = nn.Linear(2, 2)
    >>> config = TrainingConfig(steps=10, warmup_steps=2, max_lr=1.0, min_lr=0.0)
    >>> set_learning_rate(make_optimiser(model, config), config, step=0)
    0.5
    """
    rate = learning_rate(step, config.steps, config.warmup_steps, config.max_lr, config.min_lr)
    for group in optimiser.param_groups:
        group["lr"] = rate
    return rate
