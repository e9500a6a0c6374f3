"""A file becomes declarations: read → match with the register → compare with what is stored → store → batch."""
