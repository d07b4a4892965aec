"""What makes the product that users install; run as ``python -m resources.packaging``, and no part of it."""
