"""Slipway's default model server: one MLflow model, served by Slipway's serving contract (docs/guides/serving.md)."""

__version__ = "0.1.0"
