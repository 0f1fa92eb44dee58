"""Where oddities meet a call."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from xero_sim.accounting.call import Call
from xero_sim.answers import JSON, Answer
from xero_sim.oddities.names import ODDITIES
from xero_sim.oddities.oddity import Oddities, Switch
from xero_sim.wire import dumps


def delay(oddities: Oddities, call: Call, path: str) -> float:
    """How many seconds the oddities that are on make the answer to a call take."""
    seconds = 0.0
    for switch in oddities.draw(call, path):
        if (of := ODDITIES[switch.name].delay) and (more := of(call, switch.options)):
            oddities.used(switch)
            seconds += more
    return seconds


def met(oddities: Oddities, call: Call, path: str, work: Callable[[], Answer]) -> Answer:
    """The answer to a call: Xero's work, and what the oddities that are on make of it."""
    drawn = oddities.draw(call, path)
    for switch in drawn:
        before, query = ODDITIES[switch.name].before, call.query
        if before and (answer := before(call, switch.options)):
            oddities.used(switch)
            return answer
        if call.query is not query:
            oddities.used(switch)
    answer = _worked(oddities, drawn, call, work)
    if answer.status != 200 or answer.content_type != JSON:
        return answer
    for switch in drawn:
        if after := ODDITIES[switch.name].after:
            content = json.loads(answer.body, parse_float=Decimal)
            before_it = dumps(content)
            after(call, content, switch.options)
            if (changed := dumps(content)) != before_it:
                oddities.used(switch)
                answer = replace(answer, body=changed)
    return answer


def _worked(oddities: Oddities, drawn: Sequence[Switch], call: Call, work: Callable[[], Answer]) -> Answer:
    for switch in drawn:
        around = ODDITIES[switch.name].around
        if around and (answer := around(call, switch.options, work)):
            oddities.used(switch)
            return answer
    return work()
