"""Show Plotly figures: as a drawing in SVG at once, and live when the reader asks.

In reading order: plot, simplify, supported_attributes, ticks, date_axis, axes, svg_units, then what
is drawn (scatter, bars, heatmap, annotations), still_svg, plotly_json.
"""
