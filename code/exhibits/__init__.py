"""What a reader sees of the language model: token chips, tables, plots, claims."""

from exhibits.chips import chips as chips
from exhibits.chips import side_by_side as side_by_side
from exhibits.claims import claim as claim
from exhibits.entries import takeaways as takeaways
from exhibits.exhibit import Exhibit as Exhibit
from exhibits.exhibit import measured as measured
from exhibits.explorer import embedding_plot as embedding_plot
from exhibits.plot import plot as plot
from exhibits.provenance import ran_on as ran_on
from exhibits.provenance import runs_on as runs_on
from exhibits.reader import reader_tokenizers as reader_tokenizers
from exhibits.replay import first_merges as first_merges
from exhibits.replay import merge_replay as merge_replay
from exhibits.replay import merges_learned as merges_learned
from exhibits.table import table as table
from exhibits.verdicts import verdicts as verdicts
from exhibits.wording import by_verdict as by_verdict
from exhibits.wording import compared as compared
from exhibits.wording import counted as counted
from exhibits.wording import decimal as decimal
from exhibits.wording import listed as listed
from exhibits.wording import signed as signed
