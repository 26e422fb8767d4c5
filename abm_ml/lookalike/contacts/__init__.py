"""The people in target accounts: committee, personas, same network, likeness to seed contacts."""
