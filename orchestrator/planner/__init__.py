"""The planner: an instruction becomes a script, written by a language model and held to what was asked."""
