"""What the tests of traces share: values that no span may hold, and finding a story in Jaeger or in the receiver."""

from typing import Any

from tieout_local.demo.platform import Json, until
from tieout_local.demo.steps import Demo, location, new_bill
from tieout_local.seen_spans import SeenSpan, Traces, tree, way

MARK = "Marked4711"
"""In every name, text and bank detail of the stories' records."""
IN_XERO: Json = {
    "Name": f"{MARK} Ltd",
    "EmailAddress": f"{MARK}@example.com",
    "BankAccountDetails": f"12-3456-{MARK}-00",
    "TaxNumber": f"{MARK}-GST",
}


async def story(traces: Traces, trace_id: str, *steps: str) -> list[SeenSpan]:
    """The spans of a way through a trace, once they have arrived; prints the trace."""

    async def arrived() -> Any:
        return way(traces.trace(trace_id), *steps)

    try:
        found: list[SeenSpan] = await until(f"{steps[-1]}", arrived)
    except Exception as error:
        raise AssertionError(f"{error}; the trace has:\n{tree(traces.trace(trace_id))}") from error
    print(f"\n{trace_id}\n{tree(traces.trace(trace_id))}")
    return found


async def trace_of_first_change(connected: Demo, service: str, path: str) -> str:
    """The id of the trace in which a record was created."""
    changes = await connected.platform.get(service, f"{path}/changes")
    change = changes[0]
    trace_id = str(change["traceparent"].split("-")[1])
    assert change["trace_url"] == f"http://viewer.test/{trace_id}"
    return trace_id


async def marked_bill(connected: Demo, vendor_id: str, number: str) -> Json:
    """A new bill whose every text is marked."""
    bill = new_bill(vendor_id, f"{MARK}-{number}", await location(connected), 10)
    bill["lines"][0]["description"] = f"Paper for {MARK}"
    return bill


def assert_nothing_marked(traces: Traces, *trace_ids: str) -> None:
    """No name, bank detail or token is in any part of these traces."""
    text = traces.text(trace_ids)
    assert text
    # A token of Xero's or ours begins with the same letters; the secret is that of the app.
    hidden = (MARK, MARK.lower(), "eyJ", "Bearer", "tieout-local-secret", "Kerer")
    assert [value for value in hidden if value in text] == []
