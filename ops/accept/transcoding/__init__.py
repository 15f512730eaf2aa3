"""The cells of images, compared outside of Skein before and after its codecs."""
