"""Which small changes to the pure code the pure tests would not notice: `make mutants`, or `make mutants NAME=bills`.

Each mutant is the code with one small change: a comparison, an operand, a constant, a dropped key or call, two swapped
arguments, a neighbouring member of an enum. It is noticed if a pure test of its package fails. Why this is our own:
docs/adr/0021-our-own-mutants.md.
"""
