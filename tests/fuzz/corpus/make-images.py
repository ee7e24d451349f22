#!/usr/bin/python3
"""Makes the seeds of the decode and image_header targets: tiny images of every kind that the decoders tell apart.
    cd tests/fuzz/corpus && /usr/bin/python3 make-images.py"""
import shutil
import numpy as np
from PIL import Image

y, x = np.mgrid[0:19, 0:23]
image = Image.fromarray(np.stack([x * 11, y * 13, (x * y) % 256], -1).astype(np.uint8))
for name, mode, options in [("420.jpg", "RGB", dict(quality=60)), ("444.jpg", "RGB", dict(quality=60, subsampling=0)),
                            ("422.jpg", "RGB", dict(quality=60, subsampling=1)), ("grey.jpg", "L", dict(quality=60)),
                            ("progressive.jpg", "RGB", dict(quality=60, progressive=True)),
                            ("cmyk.jpg", "CMYK", dict(quality=60)), ("colour.png", "RGB", {}), ("alpha.png", "RGBA", {}),
                            ("palette.png", "P", {}), ("bits.png", "1", {}), ("grey.png", "L", {}), ("deep.png", "I", {})]:
    image.convert(mode).save("decode/" + name, **options)
    shutil.copy("decode/" + name, "image_header/" + name)
for folder in ("decode", "image_header"):
    data = open("decode/420.jpg", "rb").read()
    open(folder + "/cut.jpg", "wb").write(data[: len(data) // 2 + 200])
