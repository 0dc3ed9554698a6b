"""Recall, reciprocal rank and nDCG of rankings, calculated by ir_measures.

In question answering the one relevant item is the answer: the first passage that holds it counts,
a second one with the same answer adds nothing. So recall@k is the share of questions whose answer
stands in the first k passages.
"""

from collections.abc import Mapping, Sequence

MEASURES = ("R@1", "R@5", "R@20", "RR@10", "nDCG@10")
NAMES = dict(zip(MEASURES, ("recall@1", "recall@5", "recall@20", "MRR@10", "nDCG@10"), strict=True))


def ranking_scores(
    rankings: Mapping[str, Sequence[str]], relevant: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """For each question id the measures of its ranking, by the names in `NAMES`.

    `rankings` holds the items of each question, best first; `relevant` grades them. A question that
    is not in `relevant` is not scored.
    """
    import ir_measures

    # ir_measures breaks ties by id: distinct, falling scores keep the ranking as it is.
    runs = {
        id_: {item: float(-rank) for rank, item in enumerate(items)}
        for id_, items in rankings.items()
        if id_ in relevant
    }
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    scores: dict[str, dict[str, float]] = {id_: dict.fromkeys(NAMES.values(), 0.0) for id_ in runs}
    for metric in ir_measures.iter_calc(measures, relevant, runs):
        if metric.query_id in scores:
            scores[metric.query_id][NAMES[str(metric.measure)]] = float(metric.value)
    return scores
