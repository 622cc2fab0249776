"""What belongs to the log: claims and verdicts, takeaways, the text that a page ran on, choices and
sliders, idioms.
"""
