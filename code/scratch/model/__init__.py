"""The GPT: attention, block, model, generation, and the published weights."""
