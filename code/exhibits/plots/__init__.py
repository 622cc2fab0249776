"""Plotly figures: a still drawing in SVG, and JSON for the live plot.

In reading order: plot, intake, supported_attributes, ticks, dates, axes, svg_units, then what is
drawn (scatter, bars, heatmap, annotations), still_svg, plotly_json.
"""
