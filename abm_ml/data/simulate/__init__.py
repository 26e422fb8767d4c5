"""A seeded CRM world whose truth is known and saved beside it."""
