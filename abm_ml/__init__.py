"""abm_ml: account propensity, look-alikes and scored target account lists."""
