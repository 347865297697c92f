"""Reference numbers of packages/evaluation: scikit-learn, SciPy and R's pROC.

    apt-get install python3-sklearn r-cran-proc
    UPDATE_GOLDEN=1 /usr/bin/python3 tools/golden/evaluation_metrics.py

scikit-learn 1.2.1, SciPy 1.10.1, pROC 1.18.0. `roc`: two scores of the same patients, one of them
with ties, and what pROC says of their areas; `curve`: scikit-learn's ROC of the first; `kappa`:
labels of two readers; `normal`: two-sided tail probabilities.
"""

import pathlib
import random
import subprocess

from scipy.stats import norm
from sklearn.metrics import cohen_kappa_score, confusion_matrix, roc_curve

from seeded_numbers import finish

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/golden/metrics.json"

# Reads "positive first second" a line; prints areas, deviations, intervals, and the paired test.
PROC = """
suppressMessages(library(pROC))
d <- read.table(file("stdin"))
a <- roc(d$V1, d$V2, direction = "<", levels = c(0, 1), quiet = TRUE)
b <- roc(d$V1, d$V3, direction = "<", levels = c(0, 1), quiet = TRUE)
t <- roc.test(a, b, method = "delong", paired = TRUE)
show <- function(x) cat(format(as.numeric(x), digits = 17), sep = "\\n")
for (one in list(a, b)) {
  show(auc(one))
  show(sqrt(var(one, method = "delong")))
  show(ci.auc(one, method = "delong")[c(1, 3)])
}
show(t$statistic)
show(t$p.value)
"""


def proc(positive, first, second):
    rows = "".join(f"{p} {a!r} {b!r}\n" for p, a, b in zip(positive, first, second))
    done = subprocess.run(
        ["Rscript", "-e", PROC], input=rows, capture_output=True, text=True, check=True
    )
    n = [float(line) for line in done.stdout.split()]
    area = lambda v: {"auc": v[0], "standardError": v[1], "interval": v[2:4]}
    return {"first": area(n[0:4]), "second": area(n[4:8]), "z": n[8], "p": n[9]}


def patients(rng, positives, negatives, shift, digits):
    positive = [1] * positives + [0] * negatives
    rng.shuffle(positive)
    first = [round(rng.gauss(shift if p else 0, 1), digits) for p in positive]
    second = [round(0.6 * a + rng.gauss(0.5 * shift if p else 0, 1), 3) for a, p in zip(first, positive)]
    return {"positive": positive, "first": first, "second": second}


def main():
    rng = random.Random(44)
    roc = [
        patients(rng, 30, 20, 1.0, 0),
        patients(rng, 75, 25, 1.8, 3),
        patients(rng, 12, 40, 0.4, 1),
        patients(rng, 3, 5, 3.0, 2),
        patients(rng, 2, 6, 0.0, 1),
    ]
    for case in roc:
        case["expected"] = proc(case["positive"], case["first"], case["second"])
    ends = roc_curve(roc[0]["positive"], roc[0]["first"], drop_intermediate=False)
    curve = {
        "falsePositiveRate": list(ends[0]),
        "truePositiveRate": list(ends[1]),
        "threshold": list(ends[2])[1:],  # the first stands above every score
    }
    classes = ["weber-a", "weber-b", "weber-c", "none"]
    truth = [rng.choice(classes) for _ in range(60)]
    predicted = [t if rng.random() < 0.7 else rng.choice(classes) for t in truth]
    kappa = {
        "classes": classes,
        "truth": truth,
        "predicted": predicted,
        "counts": confusion_matrix(truth, predicted, labels=classes).tolist(),
        "kappa": cohen_kappa_score(truth, predicted),
    }
    normal = [[z, 2 * norm.sf(abs(z))] for z in (0, 0.1, -0.7, 1, 1.959963984540054, 2.8, 2.9, -3.5, 8, 30)]
    golden = {"roc": roc, "curve": curve, "kappa": kappa, "normal": normal}
    finish(OUT, golden)


main()
