"""The arithmetic of an installation: its series, samples, bytes and memory."""
