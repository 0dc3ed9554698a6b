"""From the files of a question set, ours or a public one, to a `QuestionSet`."""

from kutip.evals.adapters.load import load_questions

__all__ = ["load_questions"]
