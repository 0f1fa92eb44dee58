"""The forms in which records are shown (form_table.py), field by field."""
