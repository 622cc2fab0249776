"""Choose the device and the precision of a training: the best that this machine has.

What: an NVIDIA GPU if there is one, else Apple's, else the CPU. An NVIDIA GPU with units for
bfloat16 multiplies matrices in it, other devices in float32, unless the caller asks otherwise;
weights, norms and sums are float32 in any case. A device without such units emulates bfloat16, far
more slowly. Source: Micikevicius et al., Mixed Precision Training (2018); Kalamkar et al., A Study
of BFLOAT16 (2019), which needs no scaling of the loss. Left out: float16, float8; several devices,
for which there are several processes (`scratch.training.distributed`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS = ("auto", "float32", "bfloat16")


@dataclass(frozen=True)
class Compute:
    """A device and a precision; `str(compute)` names both, and why they were chosen."""

    device: torch.device
    precision: str  # "float32" or "bfloat16", of products of matrices
    reason: str

    def __str__(self) -> str:
        return f"{self.device.type}, {self.precision} ({self.reason})"

    def products(self) -> AbstractContextManager[object]:
        """Return a context in which matrices are multiplied in this precision."""
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)

    def random_state(self) -> dict[str, torch.Tensor]:
        """Return the states of torch's random generators: "cpu", and the device's by its name."""
        states = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state()
        elif self.device.type == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def restore(self, states: dict[str, torch.Tensor]) -> None:
        """Set torch's random generators to states that `random_state` returned."""
        torch.set_rng_state(states["cpu"])
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(states["cuda"])
        elif self.device.type == "mps":
            torch.mps.set_rng_state(states["mps"])

    @contextmanager
    def own_draws(self) -> Iterator[None]:
        """Return a context whose end sets torch's random generators back to where they were."""
        before = self.random_state()
        try:
            yield
        finally:
            self.restore(before)


def choose_compute(device: str = "auto", precision: str = "auto") -> Compute:
    """Choose device and precision.

    device: one of DEVICES; "auto": cuda, else mps, else cpu
    precision: one of PRECISIONS; "auto": bfloat16 on a CUDA GPU that has units for it, else float32
    Raises: ValueError if this machine lacks the device, or a name is unknown.

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
