"""press: page -> notebook -> executed notebook -> site. The command `press` is in press.cli.main."""
