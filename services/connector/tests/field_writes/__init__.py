"""Cases from the field about writing: docs/field-cases.md."""
