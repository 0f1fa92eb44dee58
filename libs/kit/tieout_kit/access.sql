-- What differs from the rule (postgres/access.py).

-- The audit trail is added to and never changed (ADR 9).
revoke update, delete on audit from :worker, :api;
