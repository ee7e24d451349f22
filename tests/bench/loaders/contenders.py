"""Other loaders on the same work: generators of mollified float32 batches, N x C x H x W.

torch's own threads are held at one per process, which is its best on few cores. Packages are imported by the contender
that needs them."""
import os

TASKS = ["cifar", "jpeg32", "jpeg178"]
BATCH, ALPHA, SIGMA = 128, 0.8, 0.6  # sqrt(1-n), sqrt(n) for n = 0.36; any level costs the same


def cifar_array(folder):
    import numpy
    parts = [numpy.fromfile(f"{folder}/data_batch_{i}.bin", numpy.uint8).reshape(-1, 3073) for i in range(1, 6)]
    return numpy.ascontiguousarray(numpy.concatenate([part[:, 1:] for part in parts]).reshape(-1, 3, 32, 32))


def cifar_tensor(folder):
    import torch
    return torch.from_numpy(cifar_array(folder))


def shuffled_batches(count):
    """Shuffled batches of indices for ever, the last one of an epoch dropped: for loaders that bring no sampler."""
    import numpy
    generator = numpy.random.default_rng(7)
    while True:
        order = generator.permutation(count)
        for i in range(0, count - BATCH + 1, BATCH):
            yield order[i:i + BATCH]


def jpeg_files(folder):
    found = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if name.endswith(".jpg")]
    return sorted(found)


def mollified(x):
    import torch
    return ALPHA * x + SIGMA * torch.randn_like(x)  # the authors' line


def normalized(x):
    return x.float().div_(127.5).sub_(1)


def torch_samples(task, folder, how):
    """A map-style data set: normalized float tensors (how "pil", torchvision's usual transforms) or raw uint8 ("u8")."""
    import torch
    from PIL import Image
    from torch.utils.data import Dataset
    from torchvision import transforms
    from torchvision.io import decode_jpeg, read_file
    crop = [transforms.CenterCrop(148), transforms.Resize(64)] if task == "jpeg178" else []
    finish = transforms.Compose(crop + [transforms.ToTensor(), transforms.Normalize((0.5,) * 3, (0.5,) * 3)])
    shrink = transforms.Compose([transforms.CenterCrop(148), transforms.Resize(64, antialias=True)])
    if task == "cifar":
        tensor = cifar_tensor(folder)
        images = tensor.permute(0, 2, 3, 1).numpy()
    else:
        files = jpeg_files(folder)

    class Samples(Dataset):
        def __len__(self):
            return len(tensor) if task == "cifar" else len(files)

        def __getitem__(self, i):
            if task == "cifar":
                return finish(Image.fromarray(images[i])) if how == "pil" else tensor[i]
            if how == "pil":
                return finish(Image.open(files[i]).convert("RGB"))
            image = decode_jpeg(read_file(files[i]))
            return shrink(image) if task == "jpeg178" else image

    return Samples()


def dataloader(task, folder, how, workers):
    import torch
    from torch.utils.data import DataLoader
    torch.set_num_threads(1)
    extra = dict(persistent_workers=True, prefetch_factor=4) if workers else {}
    loader = DataLoader(torch_samples(task, folder, how), BATCH, shuffle=True, drop_last=True, num_workers=workers, **extra)
    while True:
        for x in loader:
            yield mollified(normalized(x) if x.dtype == torch.uint8 else x)


def vectorized(task, folder):
    import torch
    torch.set_num_threads(1)
    data = cifar_tensor(folder)
    while True:
        order = torch.randperm(len(data))
        for i in range(0, len(order) - BATCH + 1, BATCH):
            yield mollified(normalized(data[order[i:i + BATCH]]))


def mlx(task, folder, threads):
    """mlx-data's C++ threads, ordered; torch's normals, which are faster than NumPy's."""
    import mlx.data, numpy, torch
    torch.set_num_threads(1)
    if task == "cifar":
        source = mlx.data.buffer_from_vector([dict(image=row) for row in cifar_tensor(folder).permute(0, 2, 3, 1).contiguous().numpy()])
    else:
        source = mlx.data.buffer_from_vector([dict(image=name.encode()) for name in jpeg_files(folder)])
    while True:
        stream = source.shuffle().to_stream()
        if task != "cifar":
            stream = stream.load_image("image")
        if task == "jpeg178":
            stream = stream.image_center_crop("image", 148, 148).image_resize("image", 64, 64)
        for batch in stream.batch(BATCH).prefetch(8, threads):
            if len(batch["image"]) == BATCH:
                x = torch.from_numpy(numpy.asarray(batch["image"])).permute(0, 3, 1, 2)
                yield mollified(normalized(x).contiguous())


def dali(task, folder, threads):
    """DALI's CPU pipeline; torch's normals, since DALI's own are slower on a CPU."""
    import torch
    from nvidia.dali import fn, pipeline_def, types
    torch.set_num_threads(1)
    if task == "cifar":
        data = cifar_array(folder)
        order = shuffled_batches(len(data))
    else:
        files = jpeg_files(folder)

    @pipeline_def(batch_size=BATCH, num_threads=threads, device_id=None, prefetch_queue_depth=3)
    def build():
        if task == "cifar":
            image = fn.external_source(source=lambda: data[next(order)], batch=True, layout="CHW")
            return (fn.cast(image, dtype=types.FLOAT) - 127.5) / 127.5
        encoded, _ = fn.readers.file(files=files, shuffle_after_epoch=True, dont_use_mmap=True, name="reader")
        if task == "jpeg178":
            image = fn.decoders.image_crop(encoded, crop=(148, 148))
            image = fn.resize(image, size=(64, 64), interp_type=types.INTERP_LINEAR, antialias=True)
        else:
            image = fn.decoders.image(encoded)
        return fn.crop_mirror_normalize(image, dtype=types.FLOAT, output_layout="CHW", mean=[127.5] * 3, std=[127.5] * 3)

    pipe = build()
    pipe.build()
    while True:
        (images,) = pipe.run()
        yield mollified(torch.from_numpy(images.as_array()))


def spdl(task, folder, threads):
    """SPDL's thread pipeline over batches; torchvision decodes. Each thread draws from a generator of its own, seeded by
    the batch's number: torch's default generator has one lock for all threads."""
    import threading, torch
    from spdl.pipeline import PipelineBuilder
    torch.set_num_threads(1)
    if task == "cifar":
        data = cifar_tensor(folder)
    else:
        from torchvision import transforms
        from torchvision.io import decode_jpeg, read_file
        files = jpeg_files(folder)
        shrink = transforms.Compose([transforms.CenterCrop(148), transforms.Resize(64, antialias=True)])
    own = threading.local()

    def load(index):
        if task == "cifar":
            return data[torch.from_numpy(index)]
        images = decode_jpeg([read_file(files[i]) for i in index])
        return torch.stack([shrink(image) for image in images] if task == "jpeg178" else images)

    def batch(item):
        number, index = item
        if not hasattr(own, "generator"):
            own.generator = torch.Generator()
        x = normalized(load(index).contiguous())
        return ALPHA * x + SIGMA * torch.randn(x.shape, generator=own.generator.manual_seed(number))

    indices = enumerate(shuffled_batches(len(data) if task == "cifar" else len(files)))
    pipeline = (PipelineBuilder().add_source(indices).pipe(batch, concurrency=threads, output_order="input").add_sink(4)
                .build(num_threads=threads))
    with pipeline.auto_stop():
        yield from pipeline.get_iterator()


def ffcv(task, folder, threads):
    """FFCV reads a file of its own, written once beside the folder: raw pixels of CIFAR, JPEG files encoded again. One worker,
    its best on two cores."""
    import numpy, torch
    from ffcv.fields import IntField, RGBImageField
    from ffcv.fields.rgb_image import CenterCropRGBImageDecoder, SimpleRGBImageDecoder
    from ffcv.loader import Loader, OrderOption
    from ffcv.transforms import NormalizeImage, ToTensor, ToTorchImage
    from ffcv.writer import DatasetWriter
    from PIL import Image
    torch.set_num_threads(1)
    packed = f"{os.path.normpath(folder)}.{task}.beton"
    if not os.path.exists(packed):
        images = cifar_array(folder).transpose(0, 2, 3, 1).copy() if task == "cifar" else jpeg_files(folder)

        class Samples:
            def __len__(self):
                return len(images)

            def __getitem__(self, i):
                return (images[i] if task == "cifar" else numpy.array(Image.open(images[i]).convert("RGB"))), 0

        mode = dict(write_mode="raw") if task == "cifar" else dict(write_mode="jpg", jpeg_quality=90)
        writer = DatasetWriter(packed + ".part", dict(image=RGBImageField(**mode), label=IntField()), num_workers=2)
        writer.from_indexed_dataset(Samples())
        os.rename(packed + ".part", packed)
    decoder = CenterCropRGBImageDecoder((64, 64), ratio=148 / 178) if task == "jpeg178" else SimpleRGBImageDecoder()
    half = numpy.array([127.5] * 3)
    steps = [decoder, NormalizeImage(half, half, numpy.float32), ToTensor(), ToTorchImage(convert_back_int16=False)]
    loader = Loader(packed, batch_size=BATCH, num_workers=1, order=OrderOption.RANDOM, os_cache=True, drop_last=True,
                    batches_ahead=3, pipelines=dict(image=steps, label=None))
    while True:
        for (x,) in loader:
            yield mollified(x.contiguous())


def tf_data(task, folder, threads):
    """tf.data with normals keyed by the batch's number, which its threads can share out."""
    import tensorflow as tf
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    source = tf.constant(cifar_array(folder) if task == "cifar" else jpeg_files(folder))
    order = tf.data.Dataset.range(len(source)).shuffle(len(source), seed=7).repeat()

    def decode(i):
        file = tf.io.read_file(source[i])
        if task == "jpeg178":
            return tf.image.resize(tf.io.decode_and_crop_jpeg(file, [35, 15, 148, 148], channels=3)[None], (64, 64), "area")[0]
        return tf.ensure_shape(tf.io.decode_jpeg(file, channels=3), (32, 32, 3))

    def batch(number, x):
        x = tf.gather(source, x) if task == "cifar" else tf.transpose(x, (0, 3, 1, 2))
        x = tf.cast(x, tf.float32) / 127.5 - 1.0
        return ALPHA * x + SIGMA * tf.random.stateless_normal(tf.shape(x), (7, number), alg="philox")

    if task != "cifar":
        order = order.map(decode, num_parallel_calls=threads, deterministic=True)
    batches = order.batch(BATCH, drop_remainder=True).enumerate()
    yield from batches.map(batch, num_parallel_calls=threads, deterministic=True).prefetch(4).as_numpy_iterator()


# name: (tasks, batches of (task, folder, threads))
CONTENDERS = {
    "dataloader, transforms, 0 workers": (TASKS, lambda task, folder, threads: dataloader(task, folder, "pil", 0)),
    "dataloader, transforms": (TASKS, lambda task, folder, threads: dataloader(task, folder, "pil", threads)),
    "dataloader, uint8, 0 workers": (TASKS, lambda task, folder, threads: dataloader(task, folder, "u8", 0)),
    "dataloader, uint8": (TASKS, lambda task, folder, threads: dataloader(task, folder, "u8", threads)),
    "torch, vectorized": (["cifar"], lambda task, folder, threads: vectorized(task, folder)),
    "mlx-data": (TASKS, mlx),
    "dali": (TASKS, dali),
    "spdl": (TASKS, spdl),
    "ffcv": (TASKS, ffcv),
    "tf.data": (TASKS, tf_data),
}
