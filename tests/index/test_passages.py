"""Passages of articles: whole sentences, ended at paragraphs, one sentence repeated."""

from collections.abc import Sequence

from kutip.index.passages import PASSAGE_TOKENS, split_passages


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def pieces(text: str, limit: int = PASSAGE_TOKENS, overlap: int = 1) -> list[str]:
    spans = split_passages(text, "id", count_words, max_tokens=limit, overlap=overlap)
    return [text[start:end] for start, end in spans]


def numbered(count: int) -> str:
    """Sentences of four words: 'Ini kalimat nomor 0.' and so on."""
    return " ".join(f"Ini kalimat nomor {number}." for number in range(count))


def test_a_short_article_is_one_passage_to_the_letter() -> None:
    text = "\n Judul\n\nIsi satu. Isi dua.\n\n"
    assert pieces(text) == [text]


def test_the_last_sentence_is_repeated() -> None:
    assert pieces(numbered(5), limit=12) == [
        "Ini kalimat nomor 0. Ini kalimat nomor 1. Ini kalimat nomor 2. ",
        "Ini kalimat nomor 2. Ini kalimat nomor 3. Ini kalimat nomor 4.",
    ]


def test_without_overlap_the_passages_join_to_the_text() -> None:
    text = numbered(50)
    cut = pieces(text, limit=12, overlap=0)
    assert len(cut) == 17
    assert "".join(cut) == text


def test_a_repeated_sentence_gives_way_to_a_long_new_one() -> None:
    long = "Kalimat ini panjang sekali karena memuat sepuluh kata semuanya ya."
    assert pieces(f"Ini kalimat pendek. {long} Selesai.", limit=10) == [
        "Ini kalimat pendek. ",
        f"{long} ",
        "Selesai.",
    ]


def test_a_passage_ends_at_a_paragraph_where_it_is_half_full() -> None:
    one = "Ini kalimat nomor satu. Ini kalimat nomor dua."
    two = "Ini kalimat nomor tiga. Ini kalimat nomor empat."
    cut = pieces(f"{one}\n\n{two}", limit=13, overlap=0)
    assert cut == [f"{one}\n\n", two]


def test_a_headline_does_not_stand_alone() -> None:
    text = "Judul pendek\n\n" + numbered(3)
    assert pieces(text, limit=12, overlap=0)[0].startswith("Judul pendek\n\nIni kalimat nomor 0.")


def test_a_long_sentence_is_cut_after_a_clause() -> None:
    text = (
        "Mereka membawa beras dan gula; mereka juga membawa air minum; lalu mereka pulang ke rumah."
    )
    assert pieces(text, limit=6, overlap=0) == [
        "Mereka membawa beras dan gula; ",
        "mereka juga membawa air minum; ",
        "lalu mereka pulang ke rumah.",
    ]


def test_a_long_sentence_is_cut_between_words() -> None:
    text = " ".join(f"kata{number}" for number in range(400))
    cut = pieces(text, overlap=0)
    assert "".join(cut) == text
    assert [count_words([piece])[0] for piece in cut] == [160, 160, 80]


def test_a_long_sentence_with_double_spaces_is_cut_between_words() -> None:
    # As in justified text: a space alone counts no token.
    text = "  ".join(f"kata{number}" for number in range(400))
    cut = pieces(text, overlap=0)
    assert "".join(cut) == text
    assert [piece.split()[0] for piece in cut] == ["kata0", "kata160", "kata320"]


def test_a_long_line_without_spaces_is_cut_between_characters() -> None:
    spans = split_passages(
        "字" * 25, "id", lambda texts: [len(text) for text in texts], max_tokens=10
    )
    assert [tuple(span) for span in spans] == [(0, 10), (10, 20), (20, 25)]


def test_no_text_has_no_passage() -> None:
    assert split_passages("", "id", count_words) == []
