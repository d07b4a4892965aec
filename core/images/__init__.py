"""From a picture to a finished picture. Nothing in here imports Qt or requests."""
