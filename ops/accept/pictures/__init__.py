"""`make accept-previews`: pictures of held studies, made by the worker that holds them."""
