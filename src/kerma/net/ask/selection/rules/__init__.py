"""What is fetched of a study: one file for each modality, found by importing this folder."""
