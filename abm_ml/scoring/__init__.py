"""One row an account: rules and model fused, tiered, explained."""
