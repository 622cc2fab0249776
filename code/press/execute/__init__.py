"""Page -> notebook -> executed notebook: kernels, the cache that no stale page gets through, what a
run read and left.
"""
