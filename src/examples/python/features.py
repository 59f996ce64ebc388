"""Samples as a Thalweg job reads them, as pairs of feature number and value, and what a model says of them.

For servers and notebooks; needs the standard library alone.

    >>> entries({"x": [0.5, -1.2, 3.0]})
    ([(0, 0.5), (1, -1.2), (2, 3.0)], 3)
    >>> entries({"f": {"country": "DE", "age": 37, "vip": True}}, 1000)
    ([(329, 37.0), (332, 1.0), (435, -1.0)], 1000)
"""
import math

def murmur(data):
    """MurmurHash3 (x86, 32 bits, seed 0) as a signed number, as scikit-learn's FeatureHasher has it."""
    def scrambled(k):
        k = k * 0xCC9E2D51 & 0xFFFFFFFF
        return (k << 15 | k >> 17) * 0x1B873593 & 0xFFFFFFFF
    h, blocks = 0, len(data) & ~3
    for i in range(0, blocks, 4):
        h ^= scrambled(int.from_bytes(data[i:i + 4], "little"))
        h = ((h << 13 | h >> 19) * 5 + 0xE6546B64) & 0xFFFFFFFF
    h ^= scrambled(int.from_bytes(data[blocks:], "little")) ^ len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    h ^= h >> 16
    return h - (h >> 31 << 32)

def hashed(named, n):
    """Named features among n numbers: numbers count as they are, true as 1, a text as 1 of the feature name=text.
    None counts for nothing; where a job fills gaps (samples.missing: mean) fill them before you ask."""
    sums = {}
    for name, value in named.items():
        if value is None:
            continue
        text = isinstance(value, str)
        h = murmur((f"{name}={value}" if text else name).encode())
        j = (2**31 - n) % n if h == -2**31 else abs(h) % n
        sums[j] = sums.get(j, 0.0) + math.copysign(1, h) * (1.0 if text else number(value))
    return [(j, a) for j, a in sorted(sums.items()) if a]

def number(value):
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"expected a finite number, found {value!r}")
    return float(value)

def entries(sample, features=None):
    """The pairs and the number of features of {"x": [...]}, {"i": [...], "v": [...]} or {"f": {...}}."""
    if isinstance(sample, dict) and isinstance(sample.get("x"), list):
        return [(j, number(a)) for j, a in enumerate(sample["x"])], len(sample["x"])
    sparse = isinstance(sample, dict) and isinstance(sample.get("i"), list) and isinstance(sample.get("v"), list)
    if not sparse and not (isinstance(sample, dict) and isinstance(sample.get("f"), dict)):
        raise ValueError('expected {"x": [...]}, {"i": [...], "v": [...]} or {"f": {...}}')
    if not features:
        raise ValueError("how many features the job has must be said (--features) where samples do not tell")
    if not sparse:
        return hashed(sample["f"], features), features
    if len(sample["i"]) != len(sample["v"]) or not all(isinstance(j, int) and 0 <= j < features for j in sample["i"]):
        raise ValueError(f'expected as many numbers in "i", from 0 to {features - 1}, as in "v"')
    return [(j, number(a)) for j, a in zip(sample["i"], sample["v"])], features

def probabilities(vectors, sample, classes=1, features=None):
    """Of every class, or of the one of a logistic regression: of a sample under [y], or [y, low, high] with a range."""
    (row, n), (y, *ends) = entries(sample, features), vectors
    if len(ends) == 2 and len(ends[0]) == n:
        row = [(j, min(max(a, ends[0][j]), ends[1][j])) for j, a in row]
    row += [(n, 1.0)] * (len(y) == classes * (n + 1))  # the weights of the bias come last
    if len(y) not in (classes * n, classes * (n + 1)):
        raise ValueError(f"a model of {len(y)} weights does not fit x of {n} numbers")
    scores = [sum(a * y[j * classes + c] for j, a in row) for c in range(classes)]
    powers = [math.exp(s - max(scores + [0])) for s in (scores if classes > 1 else scores + [0])]
    return [p / sum(powers) for p in powers][:classes]
