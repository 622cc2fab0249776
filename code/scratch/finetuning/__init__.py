"""From a pretrained model to one of one's own, in reading order: lora."""
