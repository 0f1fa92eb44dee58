"""Consumer lag in seconds, for each topic. It grows by itself while nothing is handled."""

import time
from collections.abc import Iterable
from functools import partial

from aiokafka import TopicPartition

from tieout_kit import metrics


class Lag:
    """For each assigned partition, the Unix time up to which all its records were handled."""

    def __init__(self, topics: Iterable[str]) -> None:
        # Partition -1 stands for "not assigned yet": until then each topic lags since the start.
        self._since = {TopicPartition(topic, -1): time.time() for topic in topics}
        for topic in {tp.topic for tp in self._since}:
            # Computed when the metric is read: a stuck consumer would set nothing.
            metrics.LAG_SECONDS.labels(topic).set_function(partial(self._seconds, topic))

    def assigned(self, partitions: Iterable[TopicPartition]) -> None:
        """These partitions are assigned to this member; other members report the lag of the others."""
        now = time.time()
        self._since = {tp: self._since.get(tp, now) for tp in partitions}

    def handled(self, tp: TopicPartition, moment: float) -> None:
        """All records of a partition before this moment were handled."""
        if tp in self._since:
            self._since[tp] = max(self._since[tp], moment)

    def _seconds(self, topic: str) -> float:
        now = time.time()
        return max(0.0, now - min((since for tp, since in self._since.items() if tp.topic == topic), default=now))
