"""Page -> notebook -> executed notebook, with a cache that no stale page passes.

In reading order: result, notebook, outputs, file_tracing, provenance, kernel,
warm_kernel; then dependencies, run_diff, cache, generated_assets; then progress,
hardcoded_numbers, pool.
"""
