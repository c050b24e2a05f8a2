"""Operations for other programs' agents: function schemas of OpenAI's API, LangChain tools, and calls that do them."""
