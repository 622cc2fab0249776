"""LoRA: against the plain form W + alpha (A B)^T, on our GPT and on a tiny Llama, and by counts."""

import copy

import pytest
import tiny_llama
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.finetuning.lora import (
    LinearWithLoRA,
    LoRALayer,
    count_trainable,
    freeze,
    lora_layers,
    merge_lora,
    replace_linear_with_lora,
)
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel, Linear
from scratch.model.llama import LlamaModel
from scratch.model.llama_file import from_gguf

RANK, ALPHA = 3, 2.5


def seeded(number: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(number)


def gpt() -> GPTModel:
    return GPTModel(GPTConfig(50, 16, emb_dim=24, n_heads=4, n_layers=2), seeded()).eval()


def llama() -> LlamaModel:
    return from_gguf(tiny_llama.tiny())


MODELS = pytest.mark.parametrize("build", [gpt, llama], ids=lambda build: build.__name__)
IDS = torch.tensor([[1, 5, 9, 4, 30, 2], [7, 7, 3, 2, 1, 0]])


def with_lora(model: nn.Module) -> nn.Module:
    freeze(model)
    replace_linear_with_lora(model, RANK, ALPHA, seeded(1))
    return model


def stir(model: nn.Module) -> None:
    """Give every B numbers, as training would."""
    draw = seeded(2)
    with torch.no_grad():
        for layer in lora_layers(model):
            layer.B += torch.randn(layer.B.shape, generator=draw) * 0.1


@MODELS
def test_a_model_with_fresh_lora_computes_exactly_the_same(build: type) -> None:
    model = build()
    before = model(IDS)
    assert torch.equal(with_lora(model)(IDS), before)


@MODELS
def test_a_trained_lora_changes_the_model_and_merging_it_changes_nothing_more(build: type) -> None:
    plain = build()(IDS)
    model = with_lora(build())
    stir(model)
    apart = model(IDS)
    merge_lora(model)
    assert not any(lora_layers(model)) and not any(
        isinstance(one, LinearWithLoRA) for one in model.modules()
    )
    assert (apart - plain).abs().max() > 0.01
    torch.testing.assert_close(model(IDS), apart, rtol=1e-4, atol=1e-4)


@MODELS
def test_merging_copies_so_that_the_frozen_weights_stay(build: type) -> None:
    model = build()
    frozen = {name: weight.clone() for name, weight in model.state_dict().items()}
    shared = copy.copy(dict(model.named_parameters()))
    with_lora(model)
    stir(model)
    merge_lora(model)
    assert all(torch.equal(weight, frozen[name]) for name, weight in shared.items())


def test_a_merged_weight_lies_in_memory_as_it_did() -> None:
    """By columns, where `llama_file.column_major` put it so for speed."""
    model = llama()
    strides = {name: weight.stride() for name, weight in model.named_parameters()}
    assert len({stride[0] == 1 for stride in strides.values()}) == 2
    with_lora(model)
    merge_lora(model)
    assert {name: weight.stride() for name, weight in model.named_parameters()} == strides


@MODELS
def test_the_weight_of_a_layer_is_that_of_both_together(build: type) -> None:
    model = with_lora(build())
    stir(model)
    layers = [one for one in model.modules() if isinstance(one, LinearWithLoRA)]
    for layer in layers:
        x = torch.randn(5, layer.weight.shape[1], generator=seeded(3))
        torch.testing.assert_close(F.linear(x, layer.weight, layer.bias), layer(x))
    assert len(layers) == len([name for name, one in build().named_modules() if isinstance(one, Linear)])  # fmt: skip


@pytest.mark.parametrize("widths", [[6], [3, 1, 2]])
def test_gradients_are_those_of_the_plain_form(widths: list[int]) -> None:
    """d loss / dA and dB of F.linear(x, W + alpha (A B)^T, b), A and B of each width side by side,
    in float64; W and b get none.
    """
    linear = Linear(4, 6, seeded(), std=1.0).double()
    freeze(linear)
    layer = LinearWithLoRA(linear, RANK, ALPHA, seeded(1), widths)
    stir(layer)
    x = torch.randn(2, 5, 4, generator=seeded(4), dtype=torch.float64)
    target = torch.randn(2, 5, 6, generator=seeded(5), dtype=torch.float64)

    ours = [weight for lora in lora_layers(layer) for weight in (lora.A, lora.B)]
    loss = F.mse_loss(layer(x), target)
    gradients = torch.autograd.grad(loss, ours)

    plain = [weight.detach().clone().requires_grad_() for weight in ours]
    products: list[Tensor] = [
        ALPHA * (A @ B).T for A, B in zip(plain[::2], plain[1::2], strict=True)
    ]
    expected = F.mse_loss(F.linear(x, linear.weight + torch.cat(products), linear.bias), target)
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(gradients, torch.autograd.grad(expected, plain))
    assert linear.weight.grad is None and not linear.weight.requires_grad
    assert all(gradient.abs().max() > 1e-3 for gradient in gradients)


def test_at_the_start_only_b_has_a_gradient_and_it_is_a_times_that_of_the_output() -> None:
    """By hand: y = alpha x A B, loss = sum(y), so dB = alpha (x A)^T 1 and dA = alpha x^T 1 B^T = 0."""
    layer = LoRALayer(2, 2, 1, ALPHA, seeded())
    x = torch.tensor([[1.0, 2.0]])
    layer(x).sum().backward()
    assert layer.A.grad is not None and layer.B.grad is not None
    assert layer.A.grad.tolist() == [[0.0], [0.0]]
    wanted = ALPHA * (layer.A[0, 0] + 2 * layer.A[1, 0]).item()
    assert layer.B.grad.tolist() == [[pytest.approx(wanted)] * 2]


@MODELS
def test_a_step_moves_lora_alone(build: type) -> None:
    model = with_lora(build())
    before = {name: one.clone() for name, one in model.named_parameters()}
    trainable = [one for one in model.parameters() if one.requires_grad]
    optimizer = torch.optim.Adam(trainable, lr=0.01)
    for _ in range(2):  # A moves once B has left zero
        optimizer.zero_grad()
        model(IDS).square().mean().backward()
        optimizer.step()
    moved = {name for name, one in model.named_parameters() if not torch.equal(one, before[name])}
    assert moved == {name for name in before if name.endswith((".A", ".B"))}


def test_the_counts_of_gpt2_small_are_those_of_appendix_e() -> None:
    """The book's setting: rank 16, each linear layer, and a head of two classes with a bias.

    By hand: a block has four matrices of 768 x 768 (queries, keys, values, output) and two of 768 x
    3072, a LoRA of m x n has 16 (m + n): 12 (4 x 16 x 1536 + 2 x 16 x 3840) + 16 x 770 = 2,666,528.
    """
    with torch.device("meta"):
        model = GPTModel(GPTConfig.preset("gpt2"), seeded())
        both = nn.ModuleDict({"trunk": model, "head": Linear(768, 2, seeded())})
        assert count_trainable(both) == 124_441_346
        freeze(both)
        assert count_trainable(both) == 0
        replace_linear_with_lora(both, 16, 16.0, seeded())
    assert count_trainable(both) == 2_666_528


def test_the_counts_of_smollm2_by_its_shapes() -> None:
    """30 blocks: queries and output 576 x 576, keys and values 576 x 192, three of 576 x 1536."""
    from scratch.model.llama import LlamaConfig

    config = LlamaConfig(49_152, 2_048, 576, 9, 3, 30, 1_536)
    with torch.device("meta"):
        model = LlamaModel(config, seeded())
        assert count_trainable(model) == 134_515_008
        freeze(model)
        replace_linear_with_lora(model, 8, 8.0, seeded())
    assert count_trainable(model) == 30 * 8 * (2 * 1152 + 2 * (576 + 192) + 3 * (576 + 1536))


def test_a_second_call_adds_no_lora_to_lora() -> None:
    model = with_lora(gpt())
    count = count_trainable(model)
    replace_linear_with_lora(model, RANK, ALPHA, seeded())
    assert count_trainable(model) == count


def test_a_layer_with_lora_as_head_of_a_gpt_is_heard() -> None:
    """An untied head is used through its weight, which has the LoRA's part."""
    config = GPTConfig(50, 16, emb_dim=24, n_heads=4, n_layers=1, tied=False)
    model = with_lora(GPTModel(config, seeded()))
    before = model(IDS)
    head = model.out_head
    assert isinstance(head, LinearWithLoRA)
    with torch.no_grad():
        next(lora_layers(head)).B += 0.1
    assert not torch.allclose(model(IDS), before)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="rank is 0"):
        LoRALayer(2, 2, 0, 1.0, seeded())
    with pytest.raises(ValueError, match="add up to 5; the layer has 6"):
        LinearWithLoRA(Linear(2, 6, seeded()), 1, 1.0, seeded(), [2, 3])
    with pytest.raises(ValueError, match="is a linear layer"):
        replace_linear_with_lora(Linear(2, 2, seeded()), 1, 1.0, seeded())
