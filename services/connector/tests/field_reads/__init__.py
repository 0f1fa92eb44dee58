"""Reading, as other integrations with Xero saw it go wrong (docs/field-cases.md)."""
