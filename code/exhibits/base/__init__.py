"""Build exhibits: the parts that all of them use.

In reading order: exhibit (markup with its plain text), json_embed, wording (words that follow
numbers), table, quarto_inline (values in prose), site_paths, asset (files
beside a page), vocab_file (GPT-2's tokenizer).
"""
