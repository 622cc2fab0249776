"""Show the language model to a reader of the pages: token chips, tables, plots, claims.

Its rooms, in reading order: base, tokens, plots, diagrams, wordmap, writer, chat, page; what runs
in the browser is in assets.
"""

from exhibits.base.exhibit import Exhibit as Exhibit
from exhibits.base.exhibit import measured as measured
from exhibits.base.quarto_inline import mark_inline_values
from exhibits.base.table import table as table
from exhibits.base.wording import by_verdict as by_verdict
from exhibits.base.wording import compared as compared
from exhibits.base.wording import counted as counted
from exhibits.base.wording import decimal as decimal
from exhibits.base.wording import listed as listed
from exhibits.base.wording import signed as signed
from exhibits.page.claims import claim as claim
from exhibits.page.claims_table import verdicts as verdicts
from exhibits.page.day_log import day_log as day_log
from exhibits.page.glossary import glossary as glossary
from exhibits.page.picture import picture as picture
from exhibits.page.picture import picture_of as picture_of
from exhibits.page.ran_on import ran_on as ran_on
from exhibits.page.ran_on import runs_on as runs_on
from exhibits.page.takeaways import takeaways as takeaways
from exhibits.plots.plot import plot as plot
from exhibits.tokens.chips import chips as chips
from exhibits.tokens.chips import side_by_side as side_by_side
from exhibits.tokens.live_tokenizer import reader_tokenizers as reader_tokenizers
from exhibits.tokens.merge_replay import first_merges as first_merges
from exhibits.tokens.merge_replay import merge_replay as merge_replay
from exhibits.tokens.merge_replay import merges_learned as merges_learned
from exhibits.wordmap.word_map import embedding_plot as embedding_plot

mark_inline_values()
