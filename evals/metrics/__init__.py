"""Figures with their counts and intervals; what was not scored is None, never zero."""
