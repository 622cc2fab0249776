"""From model to trained model: windows, loss, schedule, steps, checkpoints, ranks; the journal's
own small GPT.
"""
