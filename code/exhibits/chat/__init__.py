"""A pretrained model that a reader talks to in the page."""
