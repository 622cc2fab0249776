"""From model to trained model, in reading order: dataset, batch_order, loss, lr_schedule, config,
optimiser, train_simple, trainer, checkpoint, device, distributed, parallel, compiled, type_check,
recipe, source_hash, model_cache, journal_model, speedrun.
"""
