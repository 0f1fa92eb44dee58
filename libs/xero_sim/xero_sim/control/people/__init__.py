"""What a person does in Xero's own pages, action by action. Source: docs/xero.md 4, behaviour 47.

An action takes the organisation, and its parameters under Xero's field names. It returns the id of the record that it
changed, and raises Refusal with Xero's messages.
"""
