"""The whole pipeline of one worker beside DCMTK's storescu: instances a second, processor time, memory (see README.md)."""
