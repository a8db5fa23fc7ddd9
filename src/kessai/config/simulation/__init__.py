"""Driving the house with real input at volume. It uses public acts and reads only, as a page would."""
