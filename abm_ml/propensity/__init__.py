"""Calibrated conversion propensity from won/lost history, judged forward in time."""
