"""Authority tables as officials live with them: sent in, put into effect by a case, explained, tried on the past."""
