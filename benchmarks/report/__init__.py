"""The results as a page of Markdown and as a picture."""
