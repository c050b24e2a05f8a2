"""From an audio script to a typed graph of operations; knows operations, never tools."""
