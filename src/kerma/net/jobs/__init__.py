"""Background work of the network: one file for each job, found by importing this folder."""
