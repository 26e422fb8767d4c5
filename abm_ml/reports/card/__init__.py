"""The model card: one page to sign off a model by, and to read it by."""
