"""Writes reference.json: what scipy and statsmodels give for small made-up
numbers, against which the tests hold this package to 1e-9.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python3 reference.py > reference.json
"""
import itertools, json
import numpy as np, pandas as pd, scipy, statsmodels
import statsmodels.formula.api as smf
from patsy import build_design_matrices
from scipy import integrate, optimize, stats
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

r = np.random.default_rng(20)
out = {"origin": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}: reference.py"}

out["t"] = []
for n in (2, 3, 5, 8, 10, 30):
    x = np.round(r.normal(0.4, 1, n), 4)
    t = stats.ttest_1samp(x, 0)
    ci = t.confidence_interval(0.95)
    out["t"].append({"x": x.tolist(), "p": t.pvalue, "low": ci.low, "high": ci.high})

out["wilcoxon"] = []
for n in (3, 5, 6, 8, 12, 20):
    x = np.round(r.normal(0.5, 1, n), 4)
    out["wilcoxon"].append({"x": x.tolist(), "p": stats.wilcoxon(x, mode="exact").pvalue})

out["mannwhitney"] = []
for n, m in ((1, 1), (3, 4), (4, 4), (5, 5), (6, 9), (10, 10)):
    a, b = np.round(r.normal(0, 1, n), 4), np.round(r.normal(0.9, 1, m), 4)
    out["mannwhitney"].append({"a": a.tolist(), "b": b.tolist(), "p": stats.mannwhitneyu(a, b, method="exact").pvalue})
for n, m in ((4, 5), (5, 5)):  # ties: all choices of the pooled values
    a, b = r.integers(0, 4, n).astype(float), r.integers(1, 5, m).astype(float)
    method = stats.PermutationMethod(n_resamples=np.inf)
    out["mannwhitney"].append({"a": a.tolist(), "b": b.tolist(), "p": stats.mannwhitneyu(a, b, method=method).pvalue})

out["interquartile"] = []
for n in (3, 4, 5, 8, 10, 11):
    x = np.round(r.normal(0.5, 1, n), 4)
    low, high = stats.mstats.trimmed_mean_ci(x, limits=(0.25, 0.25), inclusive=(True, True), alpha=0.05)
    out["interquartile"].append({"x": x.tolist(), "value": stats.trim_mean(x, 0.25), "low": float(low), "high": float(high)})

p = np.round(r.uniform(0, 1, 30) ** 3, 6)
out["bh"] = {"p": p.tolist(), "adjusted": multipletests(p, method="fdr_bh")[1].tolist()}

out["best"] = []
for n in (1, 2, 3, 5, 10, 32, 100, 1000):
    v, _ = integrate.quad(lambda x: x * n * stats.norm.pdf(x) * stats.norm.cdf(x) ** (n - 1), -12, 12, epsabs=1e-13, epsrel=1e-13, limit=400)
    out["best"].append({"n": n, "value": v})

out["power"] = []
for n, d in ((3, 1.0), (5, 0.5), (5, 1.7), (10, 1.0), (20, 0.3)):
    out["power"].append({"n": n, "effect": d, "power": float(TTestPower().power(d, n, 0.05))})
out["needed"] = []
for d in (0.3, 0.5, 1.0, 2.0, 3.0):
    out["needed"].append({"effect": d, "n": float(TTestPower().solve_power(effect_size=d, power=0.8, alpha=0.05))})
out["smallest"] = []
for n in (3, 5, 10):
    out["smallest"].append({"n": n, "effect": optimize.brentq(lambda d: TTestPower().power(d, n, 0.05) - 0.8, 0.3, 4, xtol=1e-14, rtol=1e-14)})

out["anova"] = []
for drop in ((), (3, 17, 22)):
    rows = []
    for a, b, c, s in itertools.product(range(2), range(3), range(2), range(4)):
        y = 0.5 + 0.1 * a - 0.05 * (b == 1) + 0.04 * a * c + 0.02 * s + r.normal(0, 0.03)
        rows.append((a, b, c, s, round(y, 5)))
    rows = [x for i, x in enumerate(rows) if i not in drop]
    d = pd.DataFrame(rows, columns=list("abcsy"))
    two = smf.ols("y ~ C(s, Sum) + C(a, Sum) + C(b, Sum) + C(c, Sum) + C(a, Sum):C(b, Sum) + C(a, Sum):C(c, Sum) + C(b, Sum):C(c, Sum)", d).fit()
    whole = smf.ols("y ~ C(s, Sum) + C(a, Sum)*C(b, Sum)*C(c, Sum)", d).fit()
    table = anova_lm(two, typ=3)
    mse, free = whole.mse_resid, whole.df_resid
    terms = {}
    for name in table.index:
        if name in ("Intercept", "Residual"):
            continue
        f = table.sum_sq[name] / table.df[name] / mse
        key = " x ".join(x.split(",")[0][2:] for x in name.split(":"))
        terms[key] = {"squares": table.sum_sq[name], "freedom": table.df[name], "f": f, "p": stats.f.sf(f, table.df[name], free)}
    terms["higher"] = {"squares": two.ssr - whole.ssr, "freedom": two.df_resid - free}
    # Effects: fitted means over an even grid, with the variance of the whole model.
    grid = pd.DataFrame(list(itertools.product(range(2), range(3), range(2), range(4))), columns=list("abcs"))
    x = np.asarray(build_design_matrices([two.model.data.model_spec], grid)[0])
    cov = np.linalg.inv(two.model.exog.T @ two.model.exog) * mse
    def contrast(w):
        v, se = float(w @ two.params.values), float(np.sqrt(w @ cov @ w))
        h = stats.t.ppf(0.975, free) * se
        return {"value": v, "se": se, "low": v - h, "high": v + h, "p": 2 * stats.t.sf(abs(v / se), free)}
    mean = lambda **k: x[np.logical_and.reduce([grid[n] == v for n, v in k.items()])].mean(0)
    effects = {"a1": contrast(mean(a=1) - mean(a=0)), "b1": contrast(mean(b=1) - mean(b=0)), "b2": contrast(mean(b=2) - mean(b=0)), "c1": contrast(mean(c=1) - mean(c=0)),
               "a1c1": contrast(mean(a=1, c=1) - mean(a=0, c=1) - mean(a=1, c=0) + mean(a=0, c=0))}
    out["anova"].append({"rows": rows, "terms": terms, "residual": {"squares": whole.ssr, "freedom": free}, "total": float(((d.y - d.y.mean()) ** 2).sum()), "effects": effects})
print(json.dumps(out, indent=None, separators=(",", ":"), default=float).replace('"},"', '"},\n"').replace("}],", "}],\n").replace("},{", "},\n{"))
