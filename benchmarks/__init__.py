"""How fast it is, beside what cannot be avoided. Run by ``make bench``; no test."""
