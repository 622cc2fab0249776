"""Write pages for the author: names of files (slug), lines of the sidebar."""
