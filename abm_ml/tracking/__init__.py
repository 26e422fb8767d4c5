"""MLflow runs, the model registry, and checksummed artefacts."""
