#!/usr/bin/env python3
"""Loaders side by side: mollified batches of 128, in samples per second, as ratios to this project's pipeline.

  compare.py TASK [--build build/bench] [--data FOLDER] [--threads 2] [--repeats 3] [--seconds 1.5]

TASK       cifar    CIFAR-10 records in FOLDER (data_batch_1.bin …), to 3x32x32
           jpeg32   JPEG files of 32x32 below FOLDER, one folder per class, to 3x32x32
           jpeg178  JPEG files of 178x218 in FOLDER, centre crop 148, antialiased to 3x64x64
The contenders take turns, A B C A B C, and the median of each counts: machines are noisy, ratios hold. Each warms up for
0.6 s first. Contenders in Python run under the interpreter that runs this script and where their packages are missing,
they are left out with a word. torch's own threads are held at one per process, which is its best on few cores.
"""
import argparse, json, os, statistics, subprocess, sys, time

BATCH, ALPHA, SIGMA = 128, 0.8, 0.6  # sqrt(1-n), sqrt(n) for n = 0.36; any level costs the same


# Contenders in Python: generators of float32 batches, N x C x H x W.

def cifar_tensor(folder):
    import numpy, torch
    parts = [numpy.fromfile(f"{folder}/data_batch_{i}.bin", numpy.uint8).reshape(-1, 3073) for i in range(1, 6)]
    return torch.from_numpy(numpy.concatenate([part[:, 1:] for part in parts]).reshape(-1, 3, 32, 32))


def jpeg_files(folder):
    found = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if name.endswith(".jpg")]
    return sorted(found)


def mollified(x):
    import torch
    return ALPHA * x + SIGMA * torch.randn_like(x)  # the authors' line


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
            yield mollified(x.float().div_(127.5).sub_(1) if x.dtype == torch.uint8 else x)


def vectorized(task, folder):
    import torch
    torch.set_num_threads(1)
    data = cifar_tensor(folder)
    while True:
        order = torch.randperm(len(data))
        for i in range(0, len(order) - BATCH + 1, BATCH):
            yield mollified(data[order[i:i + BATCH]].float().div_(127.5).sub_(1))


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
                yield mollified(x.float().div_(127.5).sub_(1).contiguous())


def dali(task, folder, threads):
    """DALI's CPU pipeline; torch's normals, since DALI's own are slower on a CPU."""
    import torch
    from nvidia.dali import fn, pipeline_def, types
    torch.set_num_threads(1)
    files = jpeg_files(folder)

    @pipeline_def(batch_size=BATCH, num_threads=threads, device_id=None, prefetch_queue_depth=3)
    def build():
        encoded, _ = fn.readers.file(files=files, random_shuffle=True, initial_fill=4096)
        image = fn.decoders.image(encoded, device="cpu", output_type=types.RGB)
        if task == "jpeg178":
            image = fn.crop(image, crop=(148, 148))
            image = fn.resize(image, size=(64, 64), interp_type=types.INTERP_LINEAR, antialias=True)
        return fn.crop_mirror_normalize(image, dtype=types.FLOAT, output_layout="CHW", mean=[127.5] * 3, std=[127.5] * 3)

    pipe = build()
    pipe.build()
    while True:
        (images,) = pipe.run()
        yield mollified(torch.from_numpy(images.as_array()))


def rate(batches, seconds):
    x = next(batches)
    assert tuple(x.shape[1:]) in ((3, 32, 32), (3, 64, 64)) and len(x) == BATCH and str(x.dtype) == "torch.float32"
    start = time.perf_counter()
    while time.perf_counter() - start < 0.6:
        next(batches)
    samples, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        samples += len(next(batches))
    return samples / spent


def python_contender(name, task, folder, threads, seconds):
    batches = {"dataloader, transforms, 0 workers": lambda: dataloader(task, folder, "pil", 0),
               "dataloader, transforms": lambda: dataloader(task, folder, "pil", threads),
               "dataloader, uint8": lambda: dataloader(task, folder, "u8", threads),
               "torch, vectorized": lambda: vectorized(task, folder),
               "mlx-data": lambda: mlx(task, folder, threads),
               "dali": lambda: dali(task, folder, threads)}[name]()
    print(json.dumps({"rate": rate(batches, seconds)}), flush=True)
    os._exit(0)  # workers and threads of contenders need not be waited for


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["cifar", "jpeg32", "jpeg178"])
    parser.add_argument("--build", default="build/bench")
    parser.add_argument("--data", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--only", help="one contender in Python, in this process")
    options = parser.parse_args()
    if options.only:
        return python_contender(options.only, options.task, options.data, options.threads, options.seconds)

    own = os.path.join(options.build, "tests/bench/loaders/loader_rate")
    limit = "kernel" if options.task == "cifar" else "opencv"
    commands = {f"mollify, {name}": [own, options.task, name, options.data, str(options.threads), str(options.seconds)]
                for name in ("pipeline", limit)}
    names = ["dataloader, transforms, 0 workers", "dataloader, transforms", "dataloader, uint8"]
    names += ["torch, vectorized", "mlx-data"] if options.task == "cifar" else ["mlx-data", "dali"]
    for name in names:
        commands[name] = [sys.executable, __file__, options.task, "--data", options.data, "--only", name, "--threads",
                          str(options.threads), "--seconds", str(options.seconds)]
    rates = {name: [] for name in commands}
    for _ in range(options.repeats):
        for name, command in commands.items():
            if rates[name] is None:
                continue
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode == 0:
                rates[name].append(json.loads(done.stdout)["rate"])
            else:
                reason = (done.stderr.strip().splitlines() or ["failed"])[-1]
                print(f"{name}: left out, {reason}", file=sys.stderr)
                rates[name] = None
    ours = statistics.median(rates["mollify, pipeline"])
    print(f"\n{options.task}, {options.threads} threads, median of {options.repeats}\n\n| contender | samples/s | spread | mollify's pipeline is |\n|---|--:|--:|--:|")
    for name, values in rates.items():
        if values:
            middle = statistics.median(values)
            spread = (max(values) - min(values)) / middle
            print(f"| {name} | {middle:,.0f} | {spread:.0%} | {ours / middle:.2f} times |")


if __name__ == "__main__":
    main()
