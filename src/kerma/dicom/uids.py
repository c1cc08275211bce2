"""What a thing is in, its UID out: the same whenever it is made anew (PS3.5 B.2)."""

import hashlib
import uuid


def made_of(*said: str | bytes) -> str:
    """Return a UID under 2.25 that follows from these, in this order, and from nothing else."""
    digest = hashlib.sha256()
    for part in said:
        part = part.encode() if isinstance(part, str) else part
        digest.update(len(part).to_bytes(8, "big") + part)
    return f"2.25.{uuid.UUID(bytes=digest.digest()[:16], version=5).int}"
