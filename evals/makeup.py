"""`python -m kutip.evals.makeup [PATH]`: what a question set is made of."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kutip.evals.adapters import load_questions
from kutip.evals.questions import Question, QuestionSet
from kutip.index.errors import KutipError

LANGUAGE_NAMES = {"id": "Indonesian", "en": "English"}
# Public sets have a document for every question or two: a list of them all tells nothing.
LISTED = 20


def makeup(questions: QuestionSet) -> dict[str, Counter[str]]:
    """How many questions there are by document (its id), language, answerable and tag.

    A question with several tags counts for each.
    """
    asked = questions.questions
    return {
        "document": Counter(each.document for each in asked),
        "language": Counter(LANGUAGE_NAMES[each.language] for each in asked),
        "answerable": Counter(_answerable(each, questions) for each in asked),
        "tag": Counter(tag for each in asked for tag in each.tags),
    }


def makeup_table(questions: QuestionSet) -> Table:
    """The make-up as a table, the most frequent first, with shares of all questions."""
    total = len(questions.questions)
    table = Table("by", title=f"{questions.name}: {total:,} questions", title_justify="left")
    table.add_column("value", no_wrap=True, max_width=40)
    table.add_column("questions", justify="right")
    table.add_column("share", justify="right")
    for name, counts in makeup(questions).items():
        label = name
        for value, count in counts.most_common(LISTED):
            document = questions.documents.get(value)
            # As `Text`, because a title may hold what rich takes for markup.
            shown = Text(document.title if document else value)
            table.add_row(label, shown, f"{count:,}", f"{count / total:.1%}")
            label = ""
        if len(counts) > LISTED:
            rest = sum(counts.values()) - sum(count for _, count in counts.most_common(LISTED))
            others = f"{len(counts) - LISTED:,} more"
            table.add_row("", others, f"{rest:,}", f"{rest / total:.1%}", style="dim")
        table.add_section()
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where the set cannot be read."""
    parser = ArgumentParser(prog="python -m kutip.evals.makeup", description=__doc__)
    parser.add_argument(
        "path",
        nargs="?",
        default=str(files("kutip.evals").joinpath("questions")),
        help="a question set, in any format; ours if left out",
    )
    try:
        questions = load_questions(parser.parse_args(arguments).path)
    except KutipError as error:
        print(error, file=sys.stderr)
        return 1
    Console().print(makeup_table(questions))
    return 0


def _answerable(question: Question, questions: QuestionSet) -> str:
    if question.id in questions.relevant:
        return "not told"
    return "yes" if question.answerable else "no"


if __name__ == "__main__":
    sys.exit(main())
