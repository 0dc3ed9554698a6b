"""Kutip inside LangChain, LlamaIndex and Haystack.

    kutip.rag.integrations.langchain     pip install 'kutip[langchain]'
    kutip.rag.integrations.llamaindex    pip install 'kutip[llamaindex]'
    kutip.rag.integrations.haystack      pip install 'kutip[haystack]'

Each module imports its framework when it is imported itself, and nothing else in Kutip imports one.
"""
