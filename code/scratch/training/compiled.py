"""Compile a training's step with torch.compile, which generates faster kernels for the model.

What: kernels that combine several operations read and write less memory. On a CPU only what comes
before the output head is compiled, since the chunked loss (`scratch.training.loss`) is faster
uncompiled; elsewhere everything is. The first step waits for the compiler. Source: Ansel et al.,
PyTorch 2: Faster Machine Learning Through Dynamic Python Bytecode Transformation and Graph
Compilation (2024); the call is torch.compile. Left out: several ranks; with dropout, compiled
kernels draw other numbers than plain ones.
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn

from scratch.model.gpt import GPTModel
from scratch.training.distributed import Ranks


def compile_step(model: GPTModel, loss: nn.Module, device: torch.device, ranks: Ranks) -> None:
    """Compile the loss of a model, in place; the next call of the loss waits for the compiler.

    loss: the module of the model's loss (`scratch.training.parallel.share`)
    Raises: ValueError if there are several ranks, or torch.compile fails (no C++ compiler, say).
    """
    if ranks.world_size > 1:
        raise ValueError(
            f"compile is true on {ranks.world_size} ranks; start 1, or leave compile out"
        )
    try:
        torch.compile(torch.nn.functional.gelu)(torch.ones(2, device=device))
    except Exception as error:  # a missing compiler, missing headers: each has its own class
        (reason, *_) = str(error).strip().splitlines() or [repr(error)]
        raise ValueError(
            f"compile is true, and torch.compile failed ({reason}); install a C++ compiler (g++),"
            " or leave compile out"
        ) from None
    if device.type == "cpu":
        model.hidden = torch.compile(model.hidden)  # type: ignore[method-assign]
    else:
        loss.compile()


def plainly(compiled: bool) -> AbstractContextManager[object]:
    """Return a context that runs the model uncompiled, for measuring between steps.

    compiled: whether the model was compiled; if not, the context does nothing
    """
    return torch.compiler.set_stance("force_eager") if compiled else nullcontext()
