"""Parts of the page of a study: one file each, see `kerma.web.study_part`."""
