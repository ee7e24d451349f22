"""The noise of mollify-1 in plain NumPy, step by step as stages/gaussian.hpp defines it: slow, short, to port from."""
import numpy as np

LOGARITHM, COSINE, SINE = [[float.fromhex(c) for c in line.split()] for line in (
    "-0x1p+1 0x1.fffffap-1 -0x1.5556f4p-1 0x1.00049ap-1 -0x1.98d2c0p-2 0x1.535d2ep-2 -0x1.318524p-2 0x1.2504a8p-2 "
    "-0x1.65c790p-3",
    "0x1p+0 -0x1.3bd3b0p+0 0x1.03bd9ap-2 -0x1.55020cp-6 0x1.c2939ap-11",
    "0x1.921fb6p+0 -0x1.4abbf6p-1 0x1.46709ap-4 -0x1.33128ap-8 0x1.49d55ep-13")]
f32 = np.float32


def fma(a, b, c):
    """float32 a·b + c rounded once: exact product, sum rounded to odd in float64, then to float32."""
    product, c = np.float64(a) * np.float64(b), np.float64(c)
    total = product + c
    part = total - product
    error = (product - (total - part)) + (c - part)
    bits = np.asarray(total).view(np.int64)
    step = np.where((error > 0) == (total > 0), 1, -1)
    return np.where((error != 0) & (bits % 2 == 0), bits + step, bits).view(np.float64).astype(f32)


def polynomial(x, coefficients):
    total = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        total = fma(total, x, f32(c))
    return total


def philox4x32(c, k):
    """Ten rounds on four arrays of uint32 words, held as uint64."""
    mask, (k0, k1) = np.uint64(0xFFFFFFFF), k
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        high = np.uint64(32)
        c = [p1 >> high ^ c[1] ^ np.uint64(k0), p1 & mask, p0 >> high ^ c[3] ^ np.uint64(k1), p0 & mask]
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c


def box_muller(a, b):
    u = (a | 1).astype(np.int32).astype(f32)
    i = (u.view(np.int32) & 0x7FFFFFFF) - np.int32(0x4EB504F3)
    f = ((i & 0x7FFFFF) + np.int32(0x3F3504F3)).view(f32) - f32(1)
    log = fma((i >> 23).astype(f32), f32(float.fromhex("-0x1.62e430p+0")), f * polynomial(f, LOGARITHM))
    radius, y = np.sqrt(log), b.astype(np.int32).astype(f32) * f32(2.0**-31)
    z0 = radius * polynomial(y * y, COSINE)
    return np.where(u < 0, -z0, z0), (radius * y) * polynomial(y * y, SINE)


def normals(count, seed, iteration, sample):
    """The first `count` normals of a sample, float32."""
    blocks = np.arange(-(-count // 64) * 16, dtype=np.uint64)
    word3 = (iteration >> 32) << 8 | (sample >> 32) << 20
    fixed = [np.full_like(blocks, w % 2**32) for w in (sample, iteration, word3)]
    w = [x.astype(np.uint32).view(np.int32) for x in philox4x32([blocks, *fixed], (seed % 2**32, seed >> 32))]
    z = [*box_muller(w[0], w[1]), *box_muller(w[2], w[3])]
    return np.stack([x.reshape(-1, 16) for x in z], axis=1).reshape(-1)[:count]


def mollify(x, level, seed, iteration, sample, scale=1, shift=-0.0):
    """sqrt(1-level)·(scale·x + shift) + sqrt(level)·e, float32; scale and shift broadcast against x."""
    y = fma(f32(scale), x.astype(f32), f32(shift))
    e = normals(x.size, seed, iteration, sample).reshape(x.shape)
    return fma(f32(np.sqrt(1 - level)), y, f32(np.sqrt(level)) * e)
