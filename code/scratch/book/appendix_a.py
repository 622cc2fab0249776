"""Compute what appendix A publishes: one neuron and its gradients, a small network, its training.

What: the neuron is our linear layer with the appendix's weight. Its loss is the cross-entropy of
two classes, which equals the binary one if the other class has logit 0. The network has torch's
random weights in our layers (`scratch.book.draws`). Source: Raschka, Build a Large Language Model
(From Scratch), appendix A. Left out: code that prints no numbers, and the GPU.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scratch.book.draws import SEED, linear
from scratch.book.values import Values
from scratch.model.attention import attention_scores
from scratch.model.gpt import Linear, count_parameters

POINTS = torch.tensor([[-1.2, 3.1], [-0.9, 2.9], [-0.5, 2.6], [2.3, -1.1], [2.7, -1.5]])
LABELS = torch.tensor([0, 0, 0, 1, 1])
TEST_POINTS, TEST_LABELS = torch.tensor([[-0.8, 2.8], [2.6, -1.6]]), torch.tensor([0, 1])
EPOCHS, BATCH, RATE = 3, 2, 0.5  # of section A.7


def neuron() -> Values:
    """Return the loss of one neuron, and its gradients."""
    neuron = Linear(1, 1, torch.Generator())
    neuron.load_state_dict({"weight": torch.tensor([[2.2]]), "bias": torch.tensor([0.0])})
    logit = neuron(torch.tensor([1.1]))
    loss = F.cross_entropy(torch.cat([torch.zeros(1), logit])[None], torch.tensor([1]))
    loss.backward()  # type: ignore[no-untyped-call]
    assert neuron.bias is not None
    return {
        "neuron_loss": loss,
        "neuron_weight_gradient": neuron.weight.grad,
        "neuron_bias_gradient": neuron.bias.grad,
    }


def network(inputs: int, outputs: int) -> nn.Sequential:
    """Return the appendix's network: two hidden layers, 30 and 20 units, with ReLU.

    The weights are the next draws of torch's global generator.
    """
    first, second = linear(inputs, 30), linear(30, 20)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), linear(20, outputs))


def untrained() -> Values:
    """Return the size of the network with 50 inputs, its weights, and its output for a row."""
    torch.manual_seed(SEED)
    model = network(50, 3)
    weight = model.get_parameter("0.weight")
    torch.manual_seed(SEED)
    with torch.no_grad():
        out = model(torch.rand((1, 50)))
    corners = [0, 1, 2, -3, -2, -1]  # what torch prints of a long row
    return {
        "network_parameters": count_parameters(model),
        "network_first_row": weight[0, corners],
        "network_second_row": weight[1, corners],
        "network_third_row": weight[2, corners],
        "network_last_row": weight[-1, corners],
        "network_shape": weight.shape,
        "network_logits": out,
        "network_probabilities": out.softmax(dim=-1),
    }


def next_order(number: int) -> Tensor:
    """Return the order in which a shuffling torch DataLoader would take rows: (number,) int64.

    Like the loader, it draws two seeds from torch's global generator; the second seeds a generator
    for the permutation.

    >>> _ = torch.manual_seed(123)
    >>> next_order(5).tolist()
    [3, 1, 0, 2, 4]
    """
    seed = [torch.empty((), dtype=torch.int64).random_() for _ in range(2)][1]
    return torch.randperm(number, generator=torch.Generator().manual_seed(int(seed)))


def trained() -> Values:
    """Return the batches of two loaders, the losses of three epochs, and the trained network."""
    torch.manual_seed(SEED)
    first, second = next_order(len(LABELS)), next_order(len(LABELS))
    torch.manual_seed(SEED)
    model, losses = network(2, 2), []
    for _ in range(EPOCHS):
        order = next_order(len(LABELS))
        for start in range(0, len(LABELS) - BATCH + 1, BATCH):
            batch = order[start : start + BATCH]
            loss = F.cross_entropy(model(POINTS[batch]), LABELS[batch])
            slopes = torch.autograd.grad(loss, list(model.parameters()))
            with torch.no_grad():
                for parameter, slope in zip(model.parameters(), slopes, strict=True):
                    parameter.sub_(RATE * slope)
            losses.append(loss.item())
    with torch.no_grad():
        logits, test = model(POINTS), model(TEST_POINTS)
    guesses = logits.argmax(dim=1)
    return {
        "first_batch": POINTS[first[:2]],
        "second_batch": POINTS[first[2:4]],
        "third_batch": POINTS[first[4:]],
        "batch_labels": LABELS[first],
        "batches_without_the_last": POINTS[second[:4]],
        "epoch_1_losses": losses[:2],
        "epoch_2_losses": losses[2:4],
        "epoch_3_losses": losses[4:],
        "trained_logits": logits,
        "trained_probabilities": logits.softmax(dim=1),
        "trained_labels": guesses,
        "labels_right": int((guesses == LABELS).sum()),
        "train_accuracy": (guesses == LABELS).float().mean(),
        "test_accuracy": (test.argmax(dim=1) == TEST_LABELS).float().mean(),
        "small_network_parameters": count_parameters(model),
    }


def outputs() -> Values:
    """Return every output: name of the row -> output."""
    matrix = torch.tensor([[1, 2, 3], [4, 5, 6]])
    sums = torch.tensor([1.0, 2.0, 3.0]) + torch.tensor([4.0, 5.0, 6.0])
    return {
        "transposed": matrix.T,
        "product": attention_scores(matrix, matrix, scale=1),
        **neuron(),
        **untrained(),
        **trained(),
        "sum_of_vectors": sums,
    }
