#!/usr/bin/env python3
"""Tries the tests by mutation: plants one mistake after another in a copy of the sources and demands that a test fails.

    tests/mutants/run.py [--shard I/N] [--only REGEX] [--build FOLDER] [LIST ...]

A list (*.txt beside this file) holds entries:

    [stages/schedule.cpp] what goes wrong
    - the line as it stands, once in the file, leading blanks aside
    + the line as a mistake would have it (several - or + lines: a block)
    = stages [-tc=filter ...]        test programs that must notice, `test_<name>`; any of several lines
    ~ why no test can notice         only for mutants that change nothing

The copy and its build stand in FOLDER (build/mutants), so the checkout is not touched and a second run starts warm. A
mutant whose lines are not there is skipped with a word; one that does not compile is no mutant and counts as a mistake
of the list. Exit status 1 where a mutant survives that has no reason (~), or where an entry is wrong.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCES = ("stages", "datasets", "pipeline", "trainers", "tests", ".cmake", "CMakeLists.txt", "CMakePresets.json", "README.md",
           "setup.sh", "LICENSE")
PROGRAMS = {"stages": "tests/stages/test_stages", "decode": "tests/stages/decode/test_decode",
            "datasets": "tests/datasets/test_datasets", "hdf5": "tests/datasets/hdf5/test_hdf5",
            "pipeline": "tests/pipeline/test_pipeline", "promise": "tests/pipeline/test_promise",
            "trainers": "tests/trainers/test_trainers", "figures": "tests/trainers/test_figures",
            "program": "tests/trainers/test_program"}


class Mutant:
    def __init__(self, path, title, place):
        self.path, self.title, self.place = path, title, place
        self.before, self.after, self.tests, self.reason = [], [], [], ""

    def problem(self):
        if not self.before or not self.after:
            return "needs lines with - and with +"
        if not self.tests and not self.reason:
            return "names no test program"
        unknown = [test[0] for test in self.tests if test[0] not in PROGRAMS]
        return f"unknown test program {unknown[0]}" if unknown else ""

    def applied(self, text):
        """The text with the mistake in it, or None where the lines are not there exactly once."""
        lines = text.split("\n")
        wanted = [line.strip() for line in self.before]
        places = [i for i in range(len(lines) - len(wanted) + 1)
                  if [line.strip() for line in lines[i:i + len(wanted)]] == wanted]
        if len(places) != 1:
            return None
        return "\n".join(lines[:places[0]] + self.after + lines[places[0] + len(wanted):])


def read(path):
    mutants = []
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if match := re.match(r"\[(.+?)\] (.+)", line):
            mutants.append(Mutant(match[1], match[2], f"{path.name}:{number}"))
        elif line[:2] == "- ":
            mutants[-1].before.append(line[2:])
        elif line[:2] == "+ " or line == "+":
            mutants[-1].after.append(line[2:])
        elif line[:2] == "= ":
            mutants[-1].tests.append(shlex.split(line[2:]))
        elif line[:2] == "~ ":
            mutants[-1].reason = line[2:]
        elif line and line[0] != "#":
            sys.exit(f"{path.name}:{number}: not a line of a list: {line}")
    return mutants


def run(command, seconds=None):
    # The copy's tests look for data where the checkout's would.
    environment = {"MOLLIFY_TEST_DATA": str(ROOT.parent / "shared" / "data"), **os.environ}
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
    except subprocess.TimeoutExpired:
        return 124, "ran out of time"
    return done.returncode, done.stdout.decode(errors="replace")


def passes(program, arguments, seconds):
    """Whether a test program finds nothing wrong (77: but skipped a case), and what it printed."""
    code, output = run([str(program), *arguments], seconds)
    return code in (0, 77), output


def copy_sources(copy):
    """Brings the copy up to date, keeping the times of files that are equal, so that little is built again."""
    listed = subprocess.check_output(["git", "ls-files", "--cached", "--others", "--exclude-standard", *SOURCES], cwd=ROOT)
    wanted = {name for name in listed.decode().split("\n") if name and (ROOT / name).is_file()}
    for name in wanted:
        source, target = ROOT / name, copy / name
        if not target.exists() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    for target in [p for folder in SOURCES if (copy / folder).is_dir() for p in (copy / folder).rglob("*")]:
        if target.is_file() and str(target.relative_to(copy)) not in wanted:
            target.unlink()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shard", default="0/1", help="I/N: every N-th mutant, from the I-th on")
    options.add_argument("--only", default="", help="regular expression for '[file] title'")
    options.add_argument("--build", default=str(ROOT / "build" / "mutants"))
    options.add_argument("lists", nargs="*", default=sorted(HERE.glob("*.txt")))
    options = options.parse_args()
    shard, shards = map(int, options.shard.split("/"))
    mutants = [mutant for name in options.lists for mutant in read(pathlib.Path(name))]
    wrong = [f"{m.place}: {m.problem()}" for m in mutants if m.problem()]
    if wrong:
        sys.exit("\n".join(wrong))
    mutants = [m for m in mutants if re.search(options.only, f"[{m.path}] {m.title}")][shard::shards]

    copy = pathlib.Path(options.build) / "source"
    build = pathlib.Path(options.build) / "build"
    copy_sources(copy)
    code, output = run(["cmake", "-S", str(copy), "-B", str(build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"])
    programs = sorted({test[0] for m in mutants for test in m.tests})
    targets = [f"test_{program}" for program in programs]
    if code == 0 and targets:
        code, output = run(["ninja", "-C", str(build), *targets])
    fine = code == 0
    for program in programs:
        if fine:
            fine, output = passes(build / PROGRAMS[program], [], 1800)
    if not fine:
        sys.exit(f"the sources as they are do not build or do not pass:\n{output[-4000:]}")

    counts = {"killed": 0, "survived": 0, "excused": 0, "skipped": 0, "broken": 0}
    for mutant in mutants:
        started = time.monotonic()
        path = copy / mutant.path
        text = path.read_text() if path.exists() else ""
        changed = mutant.applied(text)
        if changed is None:
            verdict, word = "skipped", "its lines are not there once"
        else:
            path.write_text(changed)
            try:
                code, output = run(["ninja", "-C", str(build), *[f"test_{test[0]}" for test in mutant.tests]])
                if code != 0:
                    verdict, word = "broken", "does not compile: " + next(
                        (line for line in output.split("\n") if "error" in line), "")
                else:
                    noticed = [test for test in mutant.tests
                               if not passes(build / PROGRAMS[test[0]], test[1:], 900)[0]]
                    verdict = "killed" if noticed else "excused" if mutant.reason else "survived"
                    word = "by " + noticed[0][0] if noticed else mutant.reason
            finally:
                path.write_text(text)
        counts[verdict] += 1
        print(f"{verdict:9} {time.monotonic() - started:5.0f} s  {mutant.place}: [{mutant.path}] {mutant.title}"
              + (f"  ({word})" if word else ""), flush=True)
    tried = counts["killed"] + counts["survived"]
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items())
          + (f"; {100 * counts['killed'] / tried:.1f} % of {tried} killed" if tried else ""))
    return 1 if counts["survived"] or counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
