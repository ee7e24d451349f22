#!/usr/bin/python3
"""Makes the golden files of the decode stage's tests with Pillow (python3-pil 9.4, libjpeg-turbo 2.1.5) and NumPy:
    cd tests/golden/decode && /usr/bin/python3 make.py
photo*.jpg, *.png: small encoded images. deep.png: 2×3 pixels of 16 bits, made by hand. expected.txt: one line per case,
    FILE CROP CHANNELS HEIGHT WIDTH FNV1A64
with the 64-bit FNV-1a hash of the planar (C, H, W) bytes that Pillow makes of FILE: convert, centre crop, resize with
BILINEAR. resized.raw: the bytes of the first case, to see by how much a difference differs."""
import struct
import zlib

import numpy as np
from PIL import Image

rng = np.random.default_rng(7)


def photo(height, width):
    """Smooth shapes with edges and noise, so that chroma smoothing, ringing and rounding all matter."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    planes = [np.sin(9 * x + 3 * k) * np.cos(7 * y - k) * 90 + 128 + 60 * ((x * 5 + y * 3 + k) % 1 > 0.7) for k in range(3)]
    image = np.stack(planes, -1) + rng.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(image, 0, 255).astype(np.uint8))


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


sources = {
    "photo-420.jpg": (photo(218, 178), dict(quality=90, subsampling="4:2:0")),
    "photo-422.jpg": (photo(75, 91), dict(quality=80, subsampling="4:2:2")),
    "photo-444.jpg": (photo(61, 47), dict(quality=95, subsampling="4:4:4")),
    "photo-progressive.jpg": (photo(90, 120), dict(quality=85, progressive=True)),
    "photo-grey.jpg": (photo(64, 50).convert("L"), dict(quality=90)),
    "photo-32.jpg": (photo(32, 32), dict(quality=75)),
    "photo.png": (photo(40, 53), {}),
    "photo-alpha.png": (photo(33, 20).convert("RGBA"), {}),
    "photo-palette.png": (photo(30, 30).quantize(64), {}),
    "photo-grey.png": (photo(21, 34).convert("L"), {}),
}
for name, (image, options) in sources.items():
    if "alpha" in name:
        image.putalpha(Image.fromarray(rng.integers(0, 256, (33, 20)).astype(np.uint8)))
    image.save(name, **options)

photo(16, 16).convert("CMYK").save("photo-cmyk.jpg", quality=80)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


deep = (np.arange(18) * 3641).astype(">u2").reshape(2, 9)  # high bytes 0, 14, 28, …
rows = b"".join(b"\0" + row.tobytes() for row in deep)
with open("deep.png", "wb") as png:
    png.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 16, 2, 0, 0, 0)) +
              chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

# Colour JPEG as grey is left out: Pillow's goes by way of RGB, ours is the file's own luma.
cases = [("photo-420.jpg", 148, 3, 64, 64), ("photo-420.jpg", 0, 3, 218, 178), ("photo-420.jpg", 0, 3, 64, 64),
         ("photo-420.jpg", 148, 3, 148, 148), ("photo-420.jpg", 140, 3, 64, 64), ("photo-420.jpg", 33, 3, 100, 7),
         ("photo-422.jpg", 0, 3, 75, 91), ("photo-422.jpg", 50, 3, 50, 50), ("photo-422.jpg", 0, 3, 16, 300),
         ("photo-444.jpg", 0, 3, 61, 47), ("photo-444.jpg", 31, 3, 32, 32), ("photo-progressive.jpg", 0, 3, 90, 120),
         ("photo-progressive.jpg", 64, 3, 64, 64), ("photo-progressive.jpg", 0, 3, 1, 1),
         ("photo-grey.jpg", 0, 1, 64, 50), ("photo-grey.jpg", 40, 1, 17, 17), ("photo-grey.jpg", 0, 3, 64, 50),
         ("photo-32.jpg", 0, 3, 32, 32), ("photo-32.jpg", 0, 3, 64, 64), ("photo-32.jpg", 1, 3, 5, 5),
         ("photo.png", 0, 3, 40, 53), ("photo.png", 0, 1, 40, 53), ("photo.png", 32, 3, 16, 16),
         ("photo-alpha.png", 0, 3, 33, 20), ("photo-palette.png", 0, 3, 30, 30), ("photo-palette.png", 0, 1, 9, 31),
         ("photo-grey.png", 0, 3, 21, 34), ("photo-grey.png", 0, 1, 10, 100)]
with open("expected.txt", "w") as out:
    for name, crop, channels, height, width in cases:
        image = Image.open(name).convert("L" if channels == 1 else "RGB")
        if crop:
            left, top = (image.width - crop) // 2, (image.height - crop) // 2
            image = image.crop((left, top, left + crop, top + crop))
        image = image.resize((width, height), Image.BILINEAR)
        pixels = np.asarray(image)
        data = (pixels.transpose(2, 0, 1) if channels == 3 else pixels).tobytes()
        if (name, crop, height) == ("photo-420.jpg", 148, 64):
            open("resized.raw", "wb").write(data)
        print(name, crop, channels, height, width, fnv(data), file=out)
