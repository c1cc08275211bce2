"""What a node says it has sent, whichever way it was asked."""

from kerma.records.base import Record


class Sent(Record, frozen=True, kw_only=True):
    """The outcome of one request to send, as the node tells it."""

    status: int = 0
    completed: int | None = None
    """Objects sent; None where the node does not say."""
    failed: int = 0
    warnings: int = 0
    """Sent, with a remark of the store."""
    failed_uids: tuple[str, ...] = ()

    @property
    def delivered(self) -> int | None:
        """Objects that reached the store, as the node says."""
        return None if self.completed is None else self.completed + self.warnings
