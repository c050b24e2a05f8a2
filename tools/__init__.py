"""The tool contract, the registry, the model store, and one file per engine."""
