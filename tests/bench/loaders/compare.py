#!/usr/bin/env python3
"""Loaders side by side: mollified batches of 128, in samples per second, as ratios to this project's pipeline.

  compare.py TASK --data FOLDER [--build build/bench] [--threads 2] [--repeats 3] [--seconds 1.5] [--python PROGRAM ...]

TASK       cifar    CIFAR-10 records in FOLDER (data_batch_1.bin ...), to 3x32x32
           jpeg32   JPEG files of 32x32 below FOLDER, one folder per class, to 3x32x32
           jpeg178  JPEG files of 178x218 in FOLDER, centre crop 148, antialiased to 3x64x64
The files are read before each round, so that they lie in the page cache. The contenders take turns, A B C A B C, and the
median of each counts: machines are noisy, ratios hold. Each warms up for 0.6 s first. A contender in Python runs under the
first interpreter given by --python that has its packages (the one that runs this script, if none is given) and is left
out with a word where none has.
"""
import argparse, json, os, statistics, subprocess, sys, time

from contenders import BATCH, CONTENDERS, TASKS


def rate(batches, seconds):
    x = next(batches)
    assert tuple(x.shape[1:]) in ((3, 32, 32), (3, 64, 64)) and len(x) == BATCH and "float32" in str(x.dtype)
    start = time.perf_counter()
    while time.perf_counter() - start < 0.6:
        next(batches)
    samples, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        samples += len(next(batches))
    return samples / spent


def read_all(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(root, name), "rb") as file:
                file.read()


def measured(commands):
    """(rate, None), or (None, why not) when all of the commands fail."""
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout.strip().splitlines()[-1])["rate"], None
    return None, (done.stderr.strip().splitlines() or ["failed"])[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--data", required=True)
    parser.add_argument("--build", default="build/bench")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--python", action="append", help="an interpreter for contenders in Python")
    parser.add_argument("--only", help="one contender in Python, in this process")
    options = parser.parse_args()
    if options.only:
        batches = CONTENDERS[options.only][1](options.task, options.data, options.threads)
        print(json.dumps({"rate": rate(batches, options.seconds)}), flush=True)
        os._exit(0)  # workers and threads of contenders need not be waited for

    own = os.path.join(options.build, "tests/bench/loaders/loader_rate")
    limit = "kernel" if options.task == "cifar" else "opencv"
    commands = {f"mollify, {name}": [[own, options.task, name, options.data, str(options.threads), str(options.seconds)]]
                for name in ("pipeline", limit)}
    for name, (tasks, _) in CONTENDERS.items():
        if options.task in tasks:
            commands[name] = [[python, __file__, options.task, "--data", options.data, "--only", name, "--threads",
                               str(options.threads), "--seconds", str(options.seconds)]
                              for python in options.python or [sys.executable]]
    rates = {name: [] for name in commands}
    for _ in range(options.repeats):
        read_all(options.data)
        for name in [name for name, values in rates.items() if values is not None]:
            value, reason = measured(commands[name])
            if reason:
                print(f"{name}: left out, {reason}", file=sys.stderr)
                rates[name] = None
            else:
                rates[name].append(value)
    ours = statistics.median(rates["mollify, pipeline"])
    print(f"\n{options.task}, {options.threads} threads, median of {options.repeats}\n")
    print("| contender | samples/s | spread | mollify's pipeline is |\n|---|--:|--:|--:|")
    for name, values in sorted(rates.items(), key=lambda item: -statistics.median(item[1] or [0])):
        if values:
            middle = statistics.median(values)
            spread = (max(values) - min(values)) / middle
            print(f"| {name} | {middle:,.0f} | {spread:.0%} | {ours / middle:.2f} times |")


if __name__ == "__main__":
    main()
