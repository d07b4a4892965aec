"""The window: it shows what the engine does, and waits for nothing."""
