"""Schedule the learning rate: a linear warm-up, then half a cosine down.

What: the learning rate rises in a straight line over the warm-up, while the optimiser's running
means still rest on few steps. Then it falls along half a cosine to its lowest value, which the last
step has. (If the warm-up leaves only one step, that step has the highest rate.) Source: Goyal et
al., Accurate, Large Minibatch SGD (2017), section 2.2, for the warm-up; Loshchilov and Hutter, SGDR
(2017), equation 5, for the cosine, here without restarts. Left out: schedules without an end.
"""

import math


def learning_rate(step: int, steps: int, warmup_steps: int, max_lr: float, min_lr: float) -> float:
    """Return the learning rate of a step.

    step: from 0 to steps - 1; warmup_steps: during how many of them the rate rises
    Returns: max_lr / warmup_steps at step 0 (a rate of 0 would learn nothing), max_lr at the first
    step after the warm-up, min_lr at the last.
    Raises: ValueError if step is out of range, or warmup_steps is not less than steps.

    >>> [round(learning_rate(step, 7, 2, max_lr=1.0, min_lr=0.0), 3) for step in range(7)]
    [0.5, 1.0, 1.0, 0.854, 0.5, 0.146, 0.0]
    """
    if not 0 <= step < steps:
        raise ValueError(f"step is {step}; the training has the steps 0 to {steps - 1}")
    if not 0 <= warmup_steps < steps:
        raise ValueError(
            f"warmup_steps is {warmup_steps} of {steps} steps; leave 1 or more for learning at"
            " full speed"
        )
    if step < warmup_steps:
        return max_lr * (step + 1) / warmup_steps
    falling = steps - 1 - warmup_steps  # steps after the first at full speed
    share = (step - warmup_steps) / falling if falling else 0.0
    return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * share)) / 2
