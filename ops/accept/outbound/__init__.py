"""`make accept-outbound`: orders of unspecified exams are told to a real receiver before the images, whatever happens to it and to the coordinator."""
