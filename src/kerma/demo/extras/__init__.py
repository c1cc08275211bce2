"""What the demo site decides besides its studies: one file each, see `kerma.demo.extra`."""
