"""Fails after MLflow has closed the run as finished."""

import sys

import mlflow

with mlflow.start_run():
    mlflow.log_metric("loss", 1.0)
sys.exit("out of memory")
