"""Tools of other MCP servers as tools of ours, after a mapping that the user declares.

declaration  what stands in the settings: servers, and which of their tools does which operation
session      a running server, shared by all who call it, in a thread of its own
taking       what a server gave, as an asset: checked, decoded by our own reader
tool         the tool contract
"""
