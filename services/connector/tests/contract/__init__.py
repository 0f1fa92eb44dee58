"""What the connector owes the domains, clause by clause (semantics, section 2), in every order that matters.

Each test was seen to fail with its clause taken out of the code; its docstring says how, where that is not plain.
"""
