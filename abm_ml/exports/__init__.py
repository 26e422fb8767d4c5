"""Files for other programs: spreadsheets, CRMs, ad platforms."""
