"""Page -> notebook -> executed notebook, with a cache that no stale page passes.

In reading order: file_tracing, provenance, notebook, outputs, kernel; then dependencies, run_diff,
cache; then hardcoded_numbers, pool.
"""
