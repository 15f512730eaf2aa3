"""`make accept-requests`: what a clinician asks for goes ahead of all else, from the shelf too, while a migration runs."""
