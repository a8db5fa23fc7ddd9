"""``kessai simulate april``: a third of the staff moves on April 1 while cases are under way and people act.

On a scratch database that is dropped at the end. Everything is done through public acts and reads; raw SQL only
looks at rows to prove that nobody wrote them.
"""
