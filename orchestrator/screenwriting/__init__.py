"""How the deterministic screenwriter turns a bare idea into an audible scene."""
