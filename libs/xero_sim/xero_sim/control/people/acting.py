"""Does an action by its name. Every public function of the modules below is an action."""

from collections.abc import Callable
from inspect import getmembers, isfunction

from xero_sim.answers import Rejected
from xero_sim.control.people import contacts, documents, money, settings
from xero_sim.control.people.refusal import Refusal
from xero_sim.org import Org
from xero_sim.wire import Json

PERSON = "Demo User"
"""The name of the acting person in the history of records."""
Action = Callable[[Org, Json], str | None]

ACTIONS: dict[str, Action] = {
    name: action
    for module in (contacts, documents, money, settings)
    for name, action in getmembers(module, isfunction)
    if action.__module__ == module.__name__ and not name.startswith("_")
}


def act(org: Org, sent: Json) -> Json:
    """Do one action; `{"ok": true, "id": …}` or `{"ok": false, "messages": […]}`."""
    action = ACTIONS.get(str(sent.get("do")))
    if action is None:
        return {"ok": False, "messages": [f"No action {sent.get('do')!r}; there are {', '.join(ACTIONS)}"]}
    org.acting = PERSON
    try:
        parameters = {key: value for key, value in sent.items() if key != "do"}
        return {"ok": True, "id": action(org, parameters)}
    except Refusal as refusal:
        return {"ok": False, "messages": refusal.messages}
    except Rejected as rejected:
        return {"ok": False, "messages": [rejected.answer.body.decode()]}
