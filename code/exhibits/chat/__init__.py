"""Let a reader talk to a pretrained model in the page."""
