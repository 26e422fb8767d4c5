"""Files for other programs: spreadsheets now, CRM and ad platforms to come."""
