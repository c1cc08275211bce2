"""What follows from a study once it is stored: one file each, see `kerma.pipeline.follow_up`."""
