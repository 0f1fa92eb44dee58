"""What a person does in Xero's own pages, action by action. Source: docs/xero.md 4, behaviour 47.

An action takes the organisation and its parameters in Xero's field names and returns the id it was about.
Raises Refusal with Xero's messages.
"""
