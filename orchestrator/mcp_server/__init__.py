"""Soundwright as an MCP server: operations, and planning, rendering and editing of productions, as tools for agents.

places   which files a client may name, and where results go
offers   the tools: names, schemas of their arguments
work     what each tool does, in a worker thread, told of progress and of a cancel
server   the protocol, by the official SDK
serving  standard input and output, or HTTP
"""
