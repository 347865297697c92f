"""Reference values of packages/evaluation's distributions: SciPy's.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1
    UPDATE_GOLDEN=1 venv/bin/python tools/golden/distributions.py

Each row holds the arguments and, last, the value.
"""

import pathlib

from scipy import special, stats

from seeded_numbers import finish

OUT = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/golden/distributions.json"

DEGREES = (1, 2, 4, 15.26, 62.7, 1000)


def rows(function, arguments):
    return [[*one, float(function(*one))] for one in arguments]


def main():
    shares = (0.0001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999)
    finish(OUT, {
        "logGamma": rows(special.gammaln, [(x,) for x in (0.01, 0.5, 1, 1.5, 2, 3.7, 10, 120.5, 1e5)]),
        "normalQuantile": rows(stats.norm.ppf, [(p,) for p in shares]),
        "chiSquareTail": rows(stats.chi2.sf, [(x, d) for d in DEGREES for x in (0.1, 1, 5.4, 30, 1100)]),
        "chiSquareQuantile": rows(stats.chi2.isf, [(p, d) for d in DEGREES for p in (0.975, 0.5, 0.025)]),
        "studentTails": rows(
            lambda t, d: 2 * stats.t.sf(abs(t), d), [(t, d) for d in DEGREES for t in (0, 0.3, -2.11, 8)]
        ),
        "studentWithin": rows(lambda p, d: stats.t.isf((1 - p) / 2, d), [(p, d) for d in DEGREES for p in (0.5, 0.95)]),
        "fTail": rows(stats.f.sf, [(f, n, d) for n in (1, 3, 12.5) for d in DEGREES for f in (0.2, 4.46, 40)]),
        "fQuantile": rows(stats.f.isf, [(p, n, d) for n in (1, 24) for d in DEGREES for p in (0.5, 0.025)]),
        "nonCentralFTail": rows(
            stats.ncf.sf, [(f, n, d, l) for n in (1, 3) for d in (4, 62.7) for f in (0.5, 4) for l in (0.1, 8.2, 60)]
        ),
        "binomialAtMost": rows(stats.binom.cdf, [(k, n, p) for n in (1, 9, 250) for k in (0, 3, 120) for p in (0.1, 0.5)]),
        "binomialExactly": rows(stats.binom.pmf, [(k, n, p) for n in (1, 9, 250) for k in (0, 3, 120) for p in (0.1, 0.5)]),
    })


main()
