"""A fleet of gateways and what befalls it: who feeds it, who watches it, and the proof of what happened."""
