"""From a pretrained model to one of one's own, in reading order: lora; spam, classifier,
kept_reading, bag_of_words, compare.
"""
