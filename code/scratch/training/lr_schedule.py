"""How fast a model learns at each step: slowly at first, then at full speed, then ever more slowly.

What: the learning rate rises in a straight line over the warm-up, while the optimiser's means are
still those of few steps, and then falls along half a cosine to its lowest value, which the last
step has. (If the warm-up leaves one step, that one is made at full speed.) Source: Goyal et al.,
Accurate, Large Minibatch SGD (2017), section 2.2, for the warm-up; Loshchilov and Hutter, SGDR
(2017), equation 5, for the cosine, here without restarts. Left out: schedules that do not know
where they end.
"""

import math


def learning_rate(step: int, steps: int, warm_up: int, highest: float, lowest: float) -> float:
    """The learning rate of a step.

    step: the first is 0; steps: all of them; warm_up: how many rise. The first has highest /
    warm_up and not 0, which would learn nothing; the step after the warm-up has the highest.
    Raises: ValueError if the step lies outside, or the warm-up takes all.

    >>> [round(learning_rate(step, 7, 2, highest=1.0, lowest=0.0), 3) for step in range(7)]
    [0.5, 1.0, 1.0, 0.854, 0.5, 0.146, 0.0]
    """
    if not 0 <= step < steps:
        raise ValueError(f"step is {step}; the training has the steps 0 to {steps - 1}")
    if not 0 <= warm_up < steps:
        raise ValueError(
            f"warm_up is {warm_up} of {steps} steps; leave 1 or more for learning at full speed"
        )
    if step < warm_up:
        return highest * (step + 1) / warm_up
    falling = steps - 1 - warm_up  # steps after the first at full speed
    share = (step - warm_up) / falling if falling else 0.0
    return lowest + (highest - lowest) * (1 + math.cos(math.pi * share)) / 2
