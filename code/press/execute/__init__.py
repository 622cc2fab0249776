"""Page -> notebook -> executed notebook, with a cache that no stale page passes.

In reading order: file_tracing, receipt, notebook, outputs, kernel; then dependencies, run_diff,
run_cache; then hardcoded_numbers, pool.
"""
