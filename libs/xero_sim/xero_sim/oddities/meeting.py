"""Where oddities meet a call."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from xero_sim.accounting.call import Call
from xero_sim.answers import JSON, Answer
from xero_sim.oddities.names import ODDITIES
from xero_sim.oddities.oddity import Oddities
from xero_sim.wire import dumps


def met(oddities: Oddities, call: Call, path: str, work: Callable[[], Answer]) -> Answer:
    """The answer to a call: Xero's work, and what the oddities that are on make of it."""
    drawn = oddities.draw(call, path)
    for switch in drawn:
        before = ODDITIES[switch.name].before
        if before and (answer := before(call, switch.options)):
            oddities.used(switch)
            return answer
    answer = work()
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
