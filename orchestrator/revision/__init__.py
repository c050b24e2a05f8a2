"""Revision: a request in words becomes a patch of the script, shown before it is applied, kept in a history, undone."""
