"""Our engines behind the HTTP form that OpenAI's clients speak."""
