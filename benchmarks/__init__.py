"""Figures with bounds: `make bench`."""
