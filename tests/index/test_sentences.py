"""Sentences of Indonesian and English news: each case is joined by spaces and must come apart."""

import pytest

from kutip.index.document import Document, Span
from kutip.index.language import Language
from kutip.index.sentences import sentences, sentences_within

INDONESIAN = [
    # Titles and honorifics.
    ["Hj. Siti Aminah hadir di Masjid Istiqlal.", "Ia datang bersama drh. Rina."],
    ["Menurut Prof. Dr. Ir. Budi Santoso, M.Sc., inflasi akan turun.", "Pasar menyambut baik."],
    ["K.H. Ma'ruf Amin membuka acara itu.", "Ribuan santri hadir."],
    ["KH. Hasyim Asy'ari mendirikan pesantren.", "Itu terjadi pada 1899."],
    ["Drs. H. M. Jusuf Kalla berbicara.", "Hadirin bertepuk tangan."],
    ["Letjen (Purn.) Prabowo hadir.", "Ia memberi sambutan."],
    ["Brigjen Pol. Agus memimpin operasi.", "Dua orang ditangkap."],
    ["Tn. Ahmad dan Ny. Sari hadir.", "Mereka pulang."],
    ["Menurut dr. Tirta, masker penting.", "Ia dokter."],
    # Other abbreviations, inside a sentence and at its end.
    ["Kantor itu di Jl. Sudirman No. 10, Jakarta.", "Polisi datang."],
    ["PT Astra Internasional Tbk. membukukan laba.", "Sahamnya naik."],
    ["Mereka membawa beras, gula, dll. ke pengungsian.", "Warga senang."],
    ["Mereka membawa beras, gula, dll.", "Warga senang."],
    ["Bapak W.R. Supratman menulis lagu.", "Lagu itu terkenal."],
    # Numbers.
    ["Harga beras naik menjadi Rp 10.500 per kilogram.", "Pedagang mengeluh."],
    ["Harga beras naik menjadi Rp. 10.500 per kilogram.", "Pedagang mengeluh."],
    ["Rapat dimulai pukul 10.30 WIB.", "Semua anggota hadir."],
    ["Kereta tiba pukul 10.30.", "Penumpang turun."],
    ["Jumlah korban 1.250 orang.", "Sebanyak 3,5 persen luka berat."],
    # Datelines.
    ["VIVA – Presiden Rusia Vladimir Putin tiba di Pyongyang.", "Ia disambut Kim Jong Un."],
    ["JAKARTA, KOMPAS.com – Pemerintah menaikkan tarif.", "Keputusan itu berlaku Senin."],
    ["JAKARTA, KOMPAS.com - Pemerintah menaikkan tarif.", "Keputusan itu berlaku Senin."],
    # Quotations.
    ["“Kami tidak akan mundur. Kami akan terus maju,” kata Jokowi.", "Ia lalu pergi."],
    ['"Kami tidak akan mundur. Kami akan terus maju," kata Jokowi.', "Ia lalu pergi."],
    ["Ia berkata, “Saya siap.”", "Lalu ia pergi."],
    ["Apa yang terjadi?", "Tidak ada yang tahu!", "Semua diam."],
]
ENGLISH = [
    ["Mr. Smith met Dr. Jones at 5 p.m. on Monday.", "They spoke for an hour."],
    ["The U.S. Senate passed the bill.", "President Biden signed it."],
    ["Prof. Chen of St. Andrews said no.", "Others agreed."],
    ["Shares fell 3.5 percent to $10.50.", "Traders shrugged."],
    ["LONDON (Reuters) - The bank raised rates.", "Markets fell."],
    ["“We won. They lost,” she said.", "Then she left."],
    ['"We won. They lost," she said.', "Then she left."],
    ["He asked, “Who is there?”", "Nobody answered."],
    ["Acme Inc. bought Widget Ltd. for $3 billion.", "The deal closes in May."],
    ["They sold apples, pears, etc. at the market.", "It rained."],
    ["They sold apples, pears, etc.", "It rained."],
    ["It happened on Jan. 6, 2021.", "Police responded."],
    ["The No. 1 seed lost.", "Fans wept."],
]


def pieces(text: str, language: Language) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


@pytest.mark.parametrize("expected", INDONESIAN, ids=" ".join)
def test_indonesian(expected: list[str]) -> None:
    assert pieces(" ".join(expected), "id") == expected


@pytest.mark.parametrize("expected", ENGLISH, ids=" ".join)
def test_english(expected: list[str]) -> None:
    assert pieces(" ".join(expected), "en") == expected


def test_a_sentence_goes_on_over_the_lines_of_a_wrapped_text() -> None:
    text = "Presiden tiba di Pyongyang\npada Rabu. Ia disambut\nKim Jong Un di\nbandara.\n\nLalu."
    assert pieces(text, "id") == [
        "Presiden tiba di Pyongyang\npada Rabu.",
        "Ia disambut\nKim Jong Un di\nbandara.",
        "Lalu.",
    ]


def test_a_title_at_the_end_of_a_wrapped_line_ends_no_sentence() -> None:
    text = "Acara itu dibuka oleh Hj.\nSiti Aminah dan dihadiri\nribuan warga dari desa\nsekitar."
    assert pieces(text, "id") == [text]


def test_windows_line_ends() -> None:
    text = "Satu selesai. Dua selesai.\r\n\r\nTiga selesai.\r\n"
    assert pieces(text, "id") == ["Satu selesai.", "Dua selesai.", "Tiga selesai."]


def test_a_headline_is_a_sentence_of_its_own() -> None:
    text = "Gempa Guncang Cianjur\n\nRatusan rumah rusak."
    assert pieces(text, "id") == ["Gempa Guncang Cianjur", "Ratusan rumah rusak."]


@pytest.mark.parametrize("language", ["id", "en"])
def test_offsets_are_code_points_outside_the_basic_plane(language: Language) -> None:
    text = "😀😀 Dia tiba. 𝒜 Dia pergi. e\u0301 مرحبا. Selesai."
    found = sentences(text, language)
    assert found[0] == Span(0, 12)
    assert text[slice(*found[-1])] == "Selesai."


def test_text_without_sentence_marks_is_one_sentence() -> None:
    assert pieces("tanpa tanda baca sama sekali", "id") == ["tanpa tanda baca sama sekali"]


def test_a_stretch_of_wrapped_text_is_read_as_the_whole_is() -> None:
    text = (
        "Gempa mengguncang Cianjur dan\nsekitarnya pada Senin. Ratusan rumah\nrusak berat.\n"
        "Warga mengungsi ke\nlapangan.\n\nBupati datang.\nIa membawa\nbantuan."
    )
    document = Document.from_text(text, language="id")
    whole = sentences(text, "id")
    assert len(whole) == 5
    for first in range(len(whole)):
        for last in range(first, len(whole)):
            stretch = Span(whole[first].start, whole[last].end)
            assert sentences_within(document, stretch) == whole[first : last + 1]
