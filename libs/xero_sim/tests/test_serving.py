"""A simulator that ends leaves nothing open."""

import gc
import warnings

from xero_sim import Control, build_app, serve_in_thread


async def test_the_connections_over_which_webhooks_were_sent_are_closed() -> None:
    """Seen to fail: the garbage collector found them in any later test."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with serve_in_thread(build_app()) as url:
            async with Control(url) as control:
                app = await control.register_app(redirect_uris=["https://app.example.com/callback"])
                # The address answers, so that the connection stays open, though not as a receiver does.
                await control.set_webhook(app.client_id, f"{url}/nowhere", "key")
        gc.collect()

    assert [str(each.message) for each in caught if each.category is ResourceWarning] == []
