"""Where engines live: which home a tool gets, and environments of their own for those whose requirements clash."""
