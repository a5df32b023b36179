"""Make random_people.csv, the file that the dataframe and Spark samples read: from 1 MB to more than fits into memory.

    python make_people.py --size 10MB        also 1.5GB, 500KB; --seed N for other people, --output FILE

The same size and seed give the same file everywhere. The people are drawn at random from a population of
100,000, so in a large file each of them turns up many times.
"""

import argparse
import os
import random
import shutil
import signal
import sys
from time import perf_counter

COLUMNS = "name,age,city,department,salary"
HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT_FILE = os.path.join(HERE, "random_people.csv")
DEFAULT_SIZE = 10_000_000
SMALLEST = 1_000

POPULATION = 100_000
# People are written in groups: that is what makes it fast.
GROUP = 100
WRITE_SIZE = 4_000_000

FIRST_NAMES = "Ada Alan Barbara Charles Dorothy Edsger Frances Grace Guido Hedy John Katherine Ken Linus Margaret Radia".split()
LAST_NAMES = "Allen Babbage Dijkstra Hamilton Hopper Johnson Lamarr Liskov Lovelace Neumann Perlman Ritchie Turing Vaughan".split()
CITIES = "Amsterdam Berlin Cairo Delhi Lagos Lima London Nairobi Osaka Paris Quito Sydney".split()
DEPARTMENTS = "design finance legal operations research sales support".split()
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}


def people_csv(path=DEFAULT_FILE):
    """The path of the file. One that is there stays as it is; else a small one is made."""
    if not os.path.exists(path):
        make(path, DEFAULT_SIZE)
    return path


def make(path, size, seed=1, progress=None):
    """Write about `size` bytes (up to one group of people more) and return the number of people.

    The file appears under its name when it is whole; when anything goes wrong nothing of it is left.
    `progress` is called with the number of bytes written so far. Raises OSError when the disk is full.
    """
    folder = os.path.dirname(os.path.abspath(path))
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(f"the disk is too full: {in_words(size)} do not fit into the {in_words(free)} free in {folder}")
    partial = f"{path}.{os.getpid()}.partial"
    try:
        with open(partial, "wb", buffering=0) as file:
            people = write_people(file, size, random.Random(seed), progress)
        os.replace(partial, path)
    except BaseException:  # Ctrl+C, too
        if os.path.exists(partial):
            os.unlink(partial)
        raise
    return people


def write_people(file, size, rng, progress):
    written = write_all(file, (COLUMNS + "\n").encode())
    groups = population(rng, size)
    per_write = max(1, WRITE_SIZE // len(groups[0]))
    people = 0
    while written < size:
        left = (size - written) // len(groups[0]) + 1
        drawn = [groups[int(rng.random() * len(groups))] for _ in range(min(per_write, left))]
        written += write_all(file, b"".join(drawn))
        people += GROUP * len(drawn)
        if progress:
            progress(written)
    return people


def write_all(file, data):
    """A disk that gets full takes only a part before it says so."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    return len(data)


def population(rng, size):
    """Groups of people as lines of the file; no more of them than the file can hold."""
    number = min(POPULATION, max(GROUP, size // 20))
    return [b"".join(person(rng) for _ in range(GROUP)) for _ in range(number // GROUP)]


def person(rng):
    """One line. (Of all that `random` has, only `random()` gives the same numbers in every version of Python.)"""

    def one_of(values):
        return values[int(rng.random() * len(values))]

    age = 18 + int(rng.random() * 50)
    # In thousands a year: few earn much.
    salary = 20 + int(100 * rng.random() ** 2)
    name = f"{one_of(FIRST_NAMES)} {one_of(LAST_NAMES)}"
    return f"{name},{age},{one_of(CITIES)},{one_of(DEPARTMENTS)},{salary}\n".encode()


def parse_size(text):
    """Bytes of a size such as 10MB, 1.5 GB or 512MiB."""
    number = text.strip().upper().rstrip("BKMGTI ")
    unit = text.strip().upper()[len(number) :].strip()
    try:
        size = int(float(number) * UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write it like 10MB, 1.5GB or 500KB") from None
    if size < SMALLEST:
        raise argparse.ArgumentTypeError(f"{text} is too small: the smallest file has 1KB")
    return size


def in_words(size):
    for unit in ("TB", "GB", "MB"):
        if size >= UNITS[unit]:
            return f"{size / UNITS[unit]:.1f} {unit}"
    return f"{size / 1000:.1f} KB"


def arguments():
    parser = argparse.ArgumentParser(description="Make random_people.csv for the samples.")
    parser.add_argument("--size", type=parse_size, default=DEFAULT_SIZE, help="such as 10MB (the default) or 1.5GB")
    parser.add_argument("--seed", type=int, default=1, help="another number, other people")
    parser.add_argument("--output", default=DEFAULT_FILE, metavar="FILE", help="default: beside this program")
    return parser.parse_args()


def show_progress(size, start):
    """Returns what draws the progress on a terminal, a few times a second."""
    shown_at = [start]

    def show(written):
        now = perf_counter()
        if now - shown_at[0] > 0.1:
            shown_at[0] = now
            speed = written / (now - start) / 1e6
            share = min(100, 100 * written // size)
            sys.stderr.write(f"\r{share:3} % of {in_words(size)}, {speed:,.0f} MB/s ")
            sys.stderr.flush()

    return show


def main():
    options = arguments()
    # Asked to end: as by Ctrl+C, so that no half file stays.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    start = perf_counter()
    on_terminal = sys.stderr.isatty()
    try:
        people = make(options.output, options.size, options.seed, show_progress(options.size, start) if on_terminal else None)
    except KeyboardInterrupt:
        sys.exit("\nmake_people: stopped; nothing was written")
    except OSError as error:
        sys.exit(f"make_people: {options.output} could not be made: {error}")
    if on_terminal:
        sys.stderr.write("\r\x1b[K")
    seconds = perf_counter() - start
    size = os.path.getsize(options.output)
    print(f"{options.output}: {in_words(size)}, {people:,} people in {seconds:.2f} s ({size / seconds / 1e6:,.0f} MB/s)")


if __name__ == "__main__":
    main()
