"""Which metrics there are, in the order in which they are shown, and what each means."""

MEANS = {
    "exact match": "The answer's words equal an accepted answer (SQuAD 2.0; abstaining is right "
    "where nothing answers).",
    "F1": "Words shared with the nearest accepted answer (SQuAD 2.0).",
    "accepted": "An accepted answer stands in the answer's words or in a quote, also where it was "
    "only given as related; answerable ones.",
    "span": "The answer's words match an accepted answer with F1 of 0.5 or more; answerable ones.",
    "sentence": "The first quote holds a sentence that proves the answer; answerable ones.",
    "document": "The first quote is of the right article; answerable ones.",
    "evidence precision": "The share of quoted sentences that prove the answer.",
    "evidence recall": "The share of the proving sentences that were quoted.",
    "false answer": "Unanswerable questions that were answered all the same; less is better.",
    "verbatim quotes": "Quotes that stand in their article to the letter; must be all.",
    "recall@1": "The answer stands in the first passage found.",
    "recall@5": "The answer stands in the first five passages found.",
    "recall@20": "The answer stands in the first twenty passages found.",
    "MRR@10": "One divided by the rank of the first passage that holds the answer, up to ten.",
    "nDCG@10": "As MRR@10, but later ranks lose less.",
}
"""Scored question by question, so that two runs can be compared in pairs."""

APART = ("exact match", "F1")
"""Also given for answerable and unanswerable questions apart, as in SQuAD 2.0."""

OVER_GROUPS = {
    "abstention precision": "Of the questions not answered, those that nothing answers.",
    "abstention recall": "Of the questions that nothing answers, those not answered.",
    "AUC answerable": "The chance that an answerable question gets the higher probability.",
    "AURC": "Mean risk over all coverages; less is better.",
    "calibration error": "Mean distance of confidence from being right; less is better.",
}
"""Of a group of questions as a whole."""

MEANINGS = (
    MEANS
    | {
        f"{metric}, {kind}": f"{metric} of {kind} questions alone."
        for metric in APART
        for kind in ("answerable", "unanswerable")
    }
    | OVER_GROUPS
)
