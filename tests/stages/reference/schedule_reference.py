#!/usr/bin/env python3
"""Noise levels in 50 digits (mpmath), printed as schedule_reference.inc:

    python3 schedule_reference.py > schedule_reference.inc
"""
from mpmath import cos, exp, mp, mpf, nstr, pi

mp.dps = 50


def sigmoid(u, start, end, tau):
    s = lambda z: 1 / (1 + exp(-z / tau))
    return (s(end) - s(u * (end - start) + start)) / (s(end) - s(start))


def cosine(u, start, end, tau):
    c = lambda z: cos(z * pi / 2) ** (2 * tau)
    return (c(end) - c(u * (end - start) + start)) / (c(end) - c(start))


ROWS = [("sigmoid", sigmoid, *p) for p in ((0, 3, "0.7"), (-3, 3, "1"), (0, 3, "0.2"), (0, 3, "0.3"), (0, 3, "0.5"), (0, 3, "1"))]
ROWS += [("cosine", cosine, *p) for p in ((0, 1, "1"), ("0.2", 1, "1"), (0, 1, "0.5"), (0, "0.9", "2"))]
# Numerator and denominator, so that u is as exact here as t/N is in the library.
TIMES = [(k, 20) for k in range(1, 20)] + [(99, 100), (1, 150), (10, 150), (149, 150), (1, 30000), (7500, 30000), (27000, 30000)]

print("// Made by schedule_reference.py; do not edit.")
for name, curve, start, end, tau in ROWS:
    for time, duration in TIMES:
        level = curve(mpf(time) / duration, mpf(start), mpf(end), mpf(tau))
        print(f"    {{mollify::Curve::{name}, {start}, {end}, {tau}, {time}, {duration}, {nstr(level, 20)}}},")
