"""How far a member is behind, by age: it grows by itself while nothing is known to be handled."""

import time
from collections.abc import Iterable
from functools import partial

from aiokafka import TopicPartition

from tieout_kit import metrics


class Lag:
    """For each partition of ours the moment, by Unix time, up to which everything on it was handled."""

    def __init__(self, topics: Iterable[str]) -> None:
        # No partition has this number: until some are assigned, each topic is behind since the start.
        self._since = {TopicPartition(topic, -1): time.time() for topic in topics}
        for topic in {tp.topic for tp in self._since}:
            # Asked for when it is read: a loop that is stuck sets nothing.
            metrics.LAG_SECONDS.labels(topic).set_function(partial(self._seconds, topic))

    def assigned(self, partitions: Iterable[TopicPartition]) -> None:
        """These are ours now; the others are somebody else's to tell of."""
        now = time.time()
        self._since = {tp: self._since.get(tp, now) for tp in partitions}

    def handled(self, tp: TopicPartition, moment: float) -> None:
        """What came before this moment was handled."""
        if tp in self._since:
            self._since[tp] = max(self._since[tp], moment)

    def _seconds(self, topic: str) -> float:
        now = time.time()
        return max(0.0, now - min((since for tp, since in self._since.items() if tp.topic == topic), default=now))
