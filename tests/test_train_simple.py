"""The plain loop is the full trainer on the same batches, to the bit."""

import pytest
import torch

from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.training.batch_order import BatchOrder
from scratch.training.config import TrainingConfig
from scratch.training.dataset import GPTDataset, gather
from scratch.training.device import Compute
from scratch.training.train_simple import train_simple
from scratch.training.trainer import Training, train

MODEL = GPTConfig(vocab_size=13, context_length=8, emb_dim=16, n_heads=2, n_layers=2)
CONFIG = TrainingConfig(steps=12, batch_size=4, warmup_steps=3, grad_clip=0.5, seed=3)
WINDOWS = GPTDataset.of([(7 * n + n * n) % 13 for n in range(200)], 8, 8)


@pytest.mark.parametrize("tied", [True, False])
def test_the_simple_loop_equals_the_full_trainer_on_the_same_batches(tied: bool) -> None:
    config = GPTConfig(**{**vars(MODEL), "tied": tied})
    full = Training(config, CONFIG, WINDOWS, Compute(torch.device("cpu"), "float32", "a test"))
    reported = [step.loss for step in train(full)]
    order = BatchOrder(len(WINDOWS), CONFIG.batch_size, CONFIG.seed)
    batches = (gather(WINDOWS, order[step]) for step in range(CONFIG.steps))
    simple = GPTModel(config, torch.Generator().manual_seed(CONFIG.seed))
    assert train_simple(simple, batches, CONFIG) == reported
    assert reported[-1] < reported[0]
    for name, weights in simple.named_parameters():
        assert torch.equal(weights, full.model.get_parameter(name)), name


def test_steps_end_where_the_schedule_does_however_many_batches_come() -> None:
    model = GPTModel(MODEL, torch.Generator().manual_seed(0))
    batch = gather(WINDOWS, torch.tensor([0, 1]))
    assert len(train_simple(model, [batch] * 20, CONFIG)) == CONFIG.steps
    assert len(train_simple(model, [batch] * 5, CONFIG)) == 5
