-- What differs from the rule of the kit (tieout_kit/postgres/access.py).

-- Tokens are changed through functions, and who gives up a connection in Xero does not see the others.
grant select on token_set to :api;
revoke all on spare_connection from :api;
-- Xero's limits for the whole app, and webhooks that come for nobody.
grant select on app_grant, webhook_silence to :api;
