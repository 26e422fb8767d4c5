"""Account features as of a date: one set of Ibis expressions for training and scoring."""
