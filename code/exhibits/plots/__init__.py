"""A Plotly figure as a still drawing in SVG, and what the live one carries."""
