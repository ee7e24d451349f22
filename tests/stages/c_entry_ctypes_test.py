"""libmollify.so through ctypes, bit for bit against the NumPy reference: python3 c_entry_ctypes_test.py LIBRARY"""
import ctypes as c
import sys
from pathlib import Path

SKIPPED = 77
try:
    import numpy as np
except ImportError:
    print("skipped: this Python has no NumPy")
    sys.exit(SKIPPED)

sys.path.insert(0, str(Path(__file__).parent / "reference"))
import mollify_reference as reference


class Job(c.Structure):
    _fields_ = [("rows", c.c_size_t), ("ids", c.POINTER(c.c_uint64)), ("channels", c.c_size_t), ("plane", c.c_size_t),
                ("scale", c.POINTER(c.c_float)), ("shift", c.POINTER(c.c_float)), ("alpha", c.c_double),
                ("sigma", c.c_double), ("seed", c.c_uint64), ("iteration", c.c_uint64)]


def pointer(array, kind):
    return array.ctypes.data_as(c.POINTER(kind))


library = c.CDLL(sys.argv[1])
library.mollify_last_error.restype = c.c_char_p
library.mollify_algorithm_version.restype = c.c_char_p
library.mollify_set_level.argtypes = [c.POINTER(Job), c.c_double]
assert library.mollify_algorithm_version() == b"mollify-1"


def mollify(batch, ids, level, seed, iteration, scale=None, shift=None):
    """batch [rows, channels, plane], uint8 or float32"""
    out = np.empty(batch.shape, np.float32)
    ids = np.asarray(ids, np.uint64)
    job = Job(len(batch), pointer(ids, c.c_uint64), *batch.shape[1:], None, None, 1, 0, seed, iteration)
    if scale is not None:
        job.scale, job.shift = pointer(scale, c.c_float), pointer(shift, c.c_float)
    assert library.mollify_set_level(job, level) == 0, library.mollify_last_error()
    run = library.mollify_gaussian_u8 if batch.dtype == np.uint8 else library.mollify_gaussian_f32
    assert run(c.byref(job), batch.ctypes.data_as(c.c_void_p), pointer(out, c.c_float)) == 0, library.mollify_last_error()
    return out


random = np.random.default_rng(1)
checked = 0
for shape in [(1, 1), (11, 1), (3, 64), (3, 900), (3, 1024), (1, 100_000)]:
    ids = [0, 12345, 2**44 - 1]
    for level, seed, iteration in [(0.3, 7, 11), (1.0, 2**64 - 1, 2**44 - 1), (1e-9, 2**40 + 3, 2**33 + 5)]:
        scale = random.uniform(0.1, 2, shape[0]).astype(np.float32)
        shift = random.uniform(-1, 1, shape[0]).astype(np.float32)
        for batch in (random.integers(0, 256, (3, *shape), np.uint8), random.standard_normal((3, *shape), np.float32)):
            ours = mollify(batch, ids, level, seed, iteration, scale, shift)
            plain = mollify(batch, ids, level, seed, iteration)
            for row, sample in enumerate(ids):
                a = reference.mollify(batch[row], level, seed, iteration, sample, scale[:, None], shift[:, None])
                b = reference.mollify(batch[row], level, seed, iteration, sample)
                assert (ours[row].view(np.uint32) == a.view(np.uint32)).all(), (shape, level, sample)
                assert (plain[row].view(np.uint32) == b.view(np.uint32)).all(), (shape, level, sample)
                checked += a.size + b.size
print(f"{checked} elements equal to the NumPy reference, bit for bit")
