"""Kinds of questions that a span does not answer, told by their form."""

import re
from typing import Literal

Kind = Literal["span", "yes_no", "about"]

YES_NO = re.compile(
    r"^(apakah|apa benar|benarkah|betulkah|sudahkah|bisakah|adakah|akankah|pernahkah|apa sudah"
    r"|emang(nya)?|memang(nya)?"
    r"|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b"
    r"(?!.*\b(atau|or)\b)",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"^(what (is|was|does) (this|the) (article|news|story|report)( all)? (about|say)"
    r"|what('s| is) (this|it) about"
    r"|(artikel|berita|tulisan|teks)( \w+)? (ini )?"
    r"(tentang|soal|membahas|bercerita|isinya|mengenai) ?(apa)?( sih)?"
    r"|(apa|gimana|bagaimana) (isi|inti|pokok|garis besar)(nya)?( dari)? (artikel|berita|tulisan)"
    r"( \w+)?"
    r"|(summari[sz]e|ringkas(kan)?|rangkum(kan)?) (this|the|it|artikel|berita|tulisan)( \w+)*)\W*$",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """`yes_no` is answered by a whole sentence, `about` by the article's beginning."""
    question = question.strip()
    if ABOUT.match(question):
        return "about"
    return "yes_no" if YES_NO.match(question) else "span"
