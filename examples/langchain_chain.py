"""A LangChain chain: Kutip finds the passages, a chat model writes, and sources are numbered.

pip install 'kutip[langchain]'
python examples/langchain_chain.py "Who signed the treaty?"
"""

import sys

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel, ParrotFakeChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnablePassthrough

from kutip import Library
from kutip.rag.integrations.langchain import KutipRetriever

PROMPT = """\
Write one sentence that answers the question, from the numbered passages alone, and name the number
of each passage that you used. If they do not say, write that they do not.

{passages}

Question: {question}"""


def numbered(found: list[Document]) -> str:
    """The passages for the prompt, with where they stand."""
    return "\n\n".join(
        f"[{number}] {document.metadata['title']}, characters {document.metadata['start']} to "
        f"{document.metadata['end']}:\n{document.page_content}"
        for number, document in enumerate(found, 1)
    )


def make_chain(library: Library, model: BaseChatModel) -> Runnable[str, str]:
    """From a question to what the model writes about it."""
    passages = KutipRetriever(library=library, k=4) | numbered
    inputs = {"passages": passages, "question": RunnablePassthrough()}
    return inputs | ChatPromptTemplate.from_template(PROMPT) | model | StrOutputParser()


if __name__ == "__main__":
    with Library.open() as opened:
        # It repeats its prompt: put a chat model of your own here.
        print(make_chain(opened, ParrotFakeChatModel()).invoke(sys.argv[1]))
