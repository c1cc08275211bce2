"""How far compression may change a letter, and how far others must be from it (decision 0030).

All are parts of the contrast between text and background.
"""

WORST = 0.55
"""By which one pixel of a letter may change."""
NOISE = 0.17
"""Root mean square of what all pixels of a letter may change by."""
SURE_WORST, SURE_NOISE = 0.4, 0.12
"""The same two for a letter that is as good as the same: no pixel is nearer to the other side."""
FLOOR = 0.04
"""Noise that is assumed at least, though a letter may happen to fit better."""
TOWARDS = 0.5
"""Of the way from half between two texts to the nearer one, how far the picture must lie."""
APART, SURE_APART = 6.0, 9.0
"""Standard deviations of the noise by which another text must differ."""
UNSEEN = 0.5
"""Coverage that the smoothed edge of a letter may have beyond its box, where its shape ends."""
