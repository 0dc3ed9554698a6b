"""Trains the embedding model's adapter; nothing here is needed to search."""
