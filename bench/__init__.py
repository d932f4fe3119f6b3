"""Measurements: each module prints figures beside baselines. Not part of the package."""
