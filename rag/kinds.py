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
WORD = re.compile(r"[\w;'’-]+")
# What a question is made of that asks for the gist of a text: some word for a text or its gist, and
# beside it only words that say nothing of a topic.
GIST = frozenset(
    WORD.findall(
        """
        about article artikel artikelnya bahas bahasan berita beritanya cerita ceritanya dibahas
        diberitakan dibicarakan diringkas diringkasin discuss disimpulkan fokus gagasan garis
        gist happened idea inti intinya isi isinya issue kabar kabarnya kesimpulan kesimpulannya
        laporan main mainly membahas message news ngebahas ngomongin nutshell outline overview
        pemberitaan pesan piece poin poinnya point points pokok pokoknya rangkum rangkuman
        rangkumin rangkumkan recap report reported review ringkas ringkasan ringkasin ringkaskan
        ringkasnya say saying says simpulan singkatnya story subject sum summarise summarize
        summary takeaway teks tentang terjadi text tl;dr tldr topic topik tulisan tulisannya
        version
        """
    )
)
EMPTY = frozenset(
    WORD.findall(
        """
        a aja all an and anda apa apaan apakah are at atas author author's baca bagaimana
        basically be being besar besarnya big bilang bisa bisakah boil brief briefly buat but by
        can central ceritain ceritakan coba could dah dalam dapatkah dari deal deh di diangkat
        did disampaikan do does dong down dulu event for from ga gak gimana gimme give gmn going
        gw hal haven't heart here how i in ingin ini intisari is it it's its itu jadi jd
        jelaskan kah kalau kalimat kasih ke key ku lah like line long males mau me melalui
        memberikan mengenai menjadi menyampaikan min mohon nggak nih nya of ok on one pada
        paling penting penulis please pls provide quick quickly r read really saja sama satu
        sebenarnya sebenernya secara sedang sentence short sih singkat sini so soal tadi tahu
        talking tau tell tersebut that the they thing this to tolong too ttg umum untuk up utama
        utamanya was what what's whats which with words would ya yang yet yg you
        """
    )
)


def kind_of(question: str) -> Kind:
    """`yes_no` is answered by a whole sentence, `about` by the article's beginning."""
    question = question.strip()
    words = {word.lower().replace("’", "'") for word in WORD.findall(question)}
    if words & GIST and words <= GIST | EMPTY:
        return "about"
    return "yes_no" if YES_NO.match(question) else "span"
