"""Company names as people write them, and the accounts that they stand for."""
