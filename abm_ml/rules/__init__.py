"""The rules marketing and sales agreed on, as pure functions."""
