"""What a node lists, and which of it is wanted: keys out, answers in, verdicts with reasons."""
