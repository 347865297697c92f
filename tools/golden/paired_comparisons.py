"""Reference values of packages/evaluation's comparisons and of its scores of probabilities.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 statsmodels==0.15.0
    UPDATE_GOLDEN=1 venv/bin/python tools/golden/paired_comparisons.py

McNemar's tests and the intervals of paired and of independent differences are statsmodels', Fisher's
exact test SciPy's, log loss, Brier's score and the reliability curve scikit-learn's. The trend is held
against the correlation: its z squared is (n - 1) r squared.
"""

import pathlib
import random

import numpy as np
from scipy.stats import binom, fisher_exact
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep

from seeded_numbers import finish

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/golden/paired-comparisons.json"


def paired(both, first, second, neither):
    exact = mcnemar([[both, first], [second, neither]], exact=True).pvalue
    fewer, discordant = min(first, second), first + second
    mid = 1.0 if first == second else exact - binom.pmf(fewer, discordant, 0.5)
    return {"counts": [both, first, second, neither], "exactP": float(exact), "midP": float(mid)}


def independent(a, m, b, n):
    low, high = confint_proportions_2indep(a, m, b, n, compare="diff", method="newcomb")
    return {
        "counts": [a, m, b, n],
        "exactP": float(fisher_exact([[a, m - a], [b, n - b]])[1]),
        "interval": [float(low), float(high)],
    }


def trend(groups):
    scores = np.concatenate([np.full(total, score, float) for score, _, total in groups])
    errors = np.concatenate([np.r_[np.ones(count), np.zeros(total - count)] for _, count, total in groups])
    r = np.corrcoef(scores, errors)[0, 1]
    return {"groups": groups, "z": float(np.sign(r) * np.sqrt((len(scores) - 1)) * abs(r))}


def forecasts(rng, classes, count):
    rows = []
    for _ in range(count):
        truth = rng.randrange(classes)
        raw = [rng.random() + (1.2 if k == truth else 0) for k in range(classes)]
        rows.append((truth, [v / sum(raw) for v in raw]))
    truths = [t for t, _ in rows]
    table = np.array([p for _, p in rows])
    table = np.round(table, 3)
    table[:, -1] = 1 - table[:, :-1].sum(axis=1)
    binary = (np.array(truths) == 0).astype(int)
    curves = {}
    for strategy in ("uniform", "quantile"):
        seen, said = calibration_curve(binary, table[:, 0], n_bins=5, strategy=strategy)
        curves[strategy] = [said.tolist(), seen.tolist()]
    return {
        "truths": truths,
        "probabilities": np.round(table, 3).tolist(),
        "logLoss": float(log_loss(truths, table, labels=list(range(classes)))),
        "brier": float(sum(brier_score_loss((np.array(truths) == k).astype(int), table[:, k]) for k in range(classes))),
        "curve": curves["uniform"],
    }


def main():
    rng = random.Random(91)
    finish(OUT, {
        "mcnemar": [paired(*c) for c in ((60, 12, 4, 24), (5, 1, 7, 2), (10, 3, 3, 4), (0, 0, 9, 1), (20, 0, 0, 5))],
        "independent": [independent(*c) for c in ((9, 20, 3, 60), (0, 10, 5, 12), (7, 7, 7, 7), (56, 70, 48, 80))],
        "trend": [trend(g) for g in ([[0, 8, 12], [1, 10, 30], [2, 5, 40]], [[0.5, 2, 9], [0.6, 4, 7], [1, 30, 50]])],
        "forecasts": [forecasts(rng, 4, 40), forecasts(rng, 2, 25)],
    })


main()
