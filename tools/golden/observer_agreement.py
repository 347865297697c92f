"""Reference values of packages/evaluation's measures of agreement.

    python3 -m venv venv
    venv/bin/pip install scikit-learn==1.9.1 krippendorff==0.9.0 statsmodels==0.15.0 pingouin==0.7.0
    UPDATE_GOLDEN=1 venv/bin/python tools/golden/observer_agreement.py

Readings are digits, one character a case, `.` where a reader has not read it. Cohen's kappas are
scikit-learn's, Krippendorff's alphas those of `krippendorff`, Fleiss' statsmodels', the intraclass
correlation with its interval pingouin's.
"""

import pathlib
import random

import krippendorff
import numpy as np
import pandas as pd
import pingouin
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from seeded_numbers import finish

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/golden/observer-agreement.json"


def readings(rng, cases, readers, grades, noise, missing):
    truth = [rng.randrange(grades) for _ in range(cases)]
    one = lambda t: str(t) if rng.random() > noise else str(max(0, min(grades - 1, t + rng.choice((-1, 1)))))
    return ["".join("." if rng.random() < missing else one(t) for t in truth) for _ in range(readers)]


def agreement(rng, cases, readers, grades, noise, missing):
    rows = readings(rng, cases, readers, grades, noise, missing)
    table = np.array([[np.nan if c == "." else float(c) for c in row] for row in rows])
    domain = list(range(grades))
    alpha = lambda level: float(
        krippendorff.alpha(reliability_data=table, level_of_measurement=level, value_domain=domain)
    )
    both = ~np.isnan(table[0]) & ~np.isnan(table[1])
    pair = table[:2, both].astype(int)
    complete = table[:, ~np.isnan(table).any(axis=0)].astype(int).T
    return {
        "readings": rows,
        "grades": grades,
        "kappa": [
            float(cohen_kappa_score(*pair, labels=domain, weights=w)) for w in (None, "linear", "quadratic")
        ],
        "alpha": [alpha("nominal"), alpha("ordinal")],
        "fleiss": float(fleiss_kappa(aggregate_raters(complete, n_cat=grades)[0])),
    }


def measurements(rng, cases, readers, bias, noise):
    table = []
    for _ in range(cases):
        truth = rng.gauss(20, 4)
        table.append([round(truth + bias * j + rng.gauss(0, noise), 2) for j in range(readers)])
    long = pd.DataFrame(
        [{"case": i, "reader": j, "value": v} for i, row in enumerate(table) for j, v in enumerate(row)]
    )
    icc = pingouin.intraclass_corr(long, targets="case", raters="reader", ratings="value", nan_policy="raise")
    row = icc.iloc[1]
    interval = row["CI95%"] if "CI95%" in icc.columns else row["CI95"]
    return {"measurements": table, "value": float(row["ICC"]), "interval": [float(v) for v in interval]}


def main():
    rng = random.Random(15)
    finish(OUT, {
        "agreement": [
            agreement(rng, 40, 3, 4, 0.3, 0.0),
            agreement(rng, 60, 5, 3, 0.5, 0.2),
            agreement(rng, 25, 2, 5, 0.2, 0.0),
        ],
        "intraclass": [measurements(rng, 12, 3, 0.0, 1.0), measurements(rng, 30, 2, 1.5, 2.0)],
    })


main()
