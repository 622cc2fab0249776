"""Choose the device and the precision of the computation: the best that this machine has.

What: a GPU of NVIDIA's if there is one, else Apple's, else the CPU. Products of matrices are taken
in bfloat16 where the device has units for it; weights, norms and sums stay float32. A CPU without
such units imitates it, far more slowly. Source: Micikevicius et al., Mixed Precision Training
(2018); Kalamkar et al., A Study of BFLOAT16 (2019), which needs no scaling of the loss. Left out:
float16, float8; several devices, which are several processes' (`scratch.training.distributed`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class Compute:
    """A device and a precision; `str(compute)` has both, with the reason."""

    device: torch.device
    precision: str  # "float32" or "bfloat16", of products of matrices
    reason: str

    def __str__(self) -> str:
        return f"{self.device.type}, {self.precision} ({self.reason})"

    def products(self) -> AbstractContextManager[object]:
        """Return a context in which products of matrices have that precision."""
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def random_state(self) -> dict[str, torch.Tensor]:
        """Return the states of torch's generators, of the CPU and of the device, by name."""
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state()
        elif self.device.type == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def restore(self, states: dict[str, torch.Tensor]) -> None:
        """Set torch's generators to the states of `random_state`."""
        torch.set_rng_state(states["cpu"])
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(states["cuda"])
        elif self.device.type == "mps":
            torch.mps.set_rng_state(states["mps"])

    @contextmanager
    def own_draws(self) -> Iterator[None]:
        """Restore torch's generators when the block ends."""
        before = self.random_state()
        try:
            yield
        finally:
            self.restore(before)


def choose_compute(device: str = "auto", precision: str = "auto") -> Compute:
    """Choose device and precision.

    device: one of DEVICES; precision: one of PRECISIONS
    Raises: ValueError if the device is not here, or a name is unknown.

    >>> str(choose_compute("cpu", "float32"))
    'cpu, float32 (as asked)'
    """
    if device not in DEVICES:
        raise ValueError(f"device is {device!r}; choose one of {', '.join(DEVICES)}")
    if precision not in PRECISIONS:
        raise ValueError(f"precision is {precision!r}; choose one of {', '.join(PRECISIONS)}")
    here = ["cpu"]
    if torch.backends.mps.is_available():
        here.insert(0, "mps")
    if torch.cuda.is_available():
        here.insert(0, "cuda")
    if device != "auto" and device not in here:
        raise ValueError(f"device is {device!r}; this machine has {', '.join(here)}")
    chosen = here[0] if device == "auto" else device
    if precision != "auto":
        return Compute(torch.device(chosen), precision, "as asked")
    if chosen == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return Compute(torch.device(chosen), "bfloat16", "this GPU has units for it")
    reason = (
        f"{torch.get_num_threads()} threads" if chosen == "cpu" else "bfloat16 has no units here"
    )
    return Compute(torch.device(chosen), "float32", reason)
