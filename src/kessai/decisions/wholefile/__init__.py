"""The whole file of a case as one PDF: its sheet, what changed, what was asked, and everything attached."""
