"""Where paragraphs end: at blank lines always, at single line breaks where lines are paragraphs."""

import pytest

from kutip.index.paragraphs import is_wrapped, paragraphs

WRAPPED = (
    "Presiden Rusia Vladimir Putin tiba di Pyongyang pada Rabu dini hari untuk\n"
    "kunjungan pertamanya ke Korea Utara dalam 24 tahun. Ia disambut langsung oleh\n"
    "Kim Jong Un di bandara.\n"
)


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in paragraphs(text)]


def test_a_blank_line_ends_a_paragraph() -> None:
    assert pieces("Satu.\n\nDua.\n \t\nTiga.\n\n\n\nEmpat.") == ["Satu.", "Dua.", "Tiga.", "Empat."]


def test_a_line_is_a_paragraph_where_lines_end_with_sentences() -> None:
    assert pieces("JAKARTA –\nSatu selesai.\nDua selesai?\n“Tiga.”\nEmpat") == [
        "JAKARTA –",
        "Satu selesai.",
        "Dua selesai?",
        "“Tiga.”",
        "Empat",
    ]


def test_a_wrapped_paragraph_stays_whole() -> None:
    text = WRAPPED + "\n" + WRAPPED
    assert is_wrapped(text)
    assert pieces(text) == [WRAPPED.strip()] * 2


def test_long_lines_are_paragraphs_even_without_full_stops() -> None:
    text = ("kata " * 30).strip() + "\n" + ("lagi " * 30).strip()
    assert not is_wrapped(text)
    assert pieces(text) == [("kata " * 30).strip(), ("lagi " * 30).strip()]


def test_a_single_line_is_not_wrapped() -> None:
    assert not is_wrapped("Satu baris tanpa titik\n\nSatu lagi tanpa titik")


@pytest.mark.parametrize("blank", ["\r\n\r\n", "\r\n \r\n", "\n\u00a0\n"])
def test_a_blank_line_may_hold_other_blank_space(blank: str) -> None:
    text = WRAPPED.strip().replace("\n", blank[: 2 if blank[0] == "\r" else 1])
    assert pieces(text + blank + text) == [text, text]


@pytest.mark.parametrize("text", ["", " \n\n\t ", "\u2003"])
def test_blank_text_has_no_paragraph(text: str) -> None:
    assert paragraphs(text) == []


def test_offsets_leave_out_the_blank_space_around() -> None:
    assert paragraphs("  Satu.  \n\n\tDua. ") == [(2, 7), (12, 16)]
