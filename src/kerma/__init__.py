"""Kerma: radiation dose monitoring, study collection and phantom quality assurance."""
