"""The command `press`: one module a group of commands."""
