"""Files of stored values: columns said once, written in many formats, streamed."""
