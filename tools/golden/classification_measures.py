"""Reference measures of packages/evaluation's classification: scikit-learn's.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1
    UPDATE_GOLDEN=1 venv/bin/python tools/golden/classification_measures.py

Labels of four classes, one of them never predicted in the second case, and scores of each class.
`expected` holds F1 and Matthews' coefficient of each class against all others, their means over the
classes where scikit-learn has them, Matthews' coefficient of all classes, balanced accuracy, and the
mean of the areas of one class against all others.
"""

import pathlib
import random

from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef, roc_auc_score

from seeded_numbers import finish

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/golden/classification.json"


def case(rng, count, classes, right, never):
    truth = [classes[i % len(classes)] for i in range(count)]
    predicted = [t if rng.random() < right else rng.choice(classes) for t in truth]
    predicted = [classes[0] if p == never else p for p in predicted]
    scores = [[round(rng.random() + 0.5 * (t == name), 2) for name in classes] for t in truth]
    binary = lambda labels, name: [int(label == name) for label in labels]
    areas = [
        float(roc_auc_score(binary(truth, name), [row[i] for row in scores]))
        for i, name in enumerate(classes)
    ]
    return {
        "truth": truth,
        "predicted": predicted,
        "scores": scores,
        "expected": {
            "f1": [float(f1_score(binary(truth, n), binary(predicted, n))) for n in classes],
            "mcc": [float(matthews_corrcoef(binary(truth, n), binary(predicted, n))) for n in classes],
            "macroF1": float(f1_score(truth, predicted, labels=classes, average="macro")),
            "matthews": float(matthews_corrcoef(truth, predicted)),
            "balancedAccuracy": float(balanced_accuracy_score(truth, predicted)),
            "macroAuc": sum(areas) / len(areas),
        },
    }


def main():
    rng = random.Random(12)
    classes = ["weber-a", "weber-b", "weber-c", "none"]
    cases = [case(rng, 48, classes, 0.7, None), case(rng, 30, classes, 0.4, "weber-c")]
    finish(OUT, {"classes": classes, "cases": cases})


main()
