"""Reading: from the bytes of a file, or a data frame, to cells as the text they were."""
