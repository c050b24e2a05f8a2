"""Language models behind one seam: messages and a JSON schema in, a checked object out."""
