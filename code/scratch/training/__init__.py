"""From model to trained model, in reading order: dataset, sampler, loss, lr_schedule, config,
train_simple, trainer, checkpoint, device, distributed, parallel, type_check, recipe, source_hash,
model_cache, journal_model.
"""
