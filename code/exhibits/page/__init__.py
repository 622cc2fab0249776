"""Parts of the log's pages.

In reading order: claim_records, claims, day_log and claims_table (verdicts), takeaways,
pretrained_here, glossary, provenance (the text that a page ran on), novella, picture, guess,
choices, sliders, idioms.
"""
