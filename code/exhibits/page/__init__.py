"""Build the parts of the log's pages.

In reading order: pretrained_here, page_sources (of pages that others gather from), claim_records,
claim_registry, claims, day_log and claims_table (verdicts), takeaways, glossary, ran_on (the text
that a page ran on), novella, picture, guess, choices, sliders, question_cards, word_weights,
idioms.
"""
