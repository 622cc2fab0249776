"""A map of word vectors through training."""
