"""Charts: a catalogue of what can be drawn, and the numbers behind each."""
