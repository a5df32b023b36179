"""A pool of processes without `if __name__ == "__main__":`."""

# %% [markdown]
# # A pool without a guard
# This is how one writes it first, and how most cells of notebooks look. Whether plain `python`
# can run it depends on how it starts processes. By *fork* (Linux, up to Python 3.13) it works: the
# new process is a copy that has everything. By *spawn* or *forkserver* (macOS, Windows, and Linux from
# Python 3.14 on) the new process imports this file, meets the pool again, and gives up with a
# `RuntimeError`; the program gets a `BrokenProcessPool`. In Jupyter there is no file to import,
# and the new process does not find `square` at all.
#
# Run in Parallel runs it everywhere: a new process gets the function and what it needs, not the cell
# that starts the pool.

# %%
from concurrent.futures import ProcessPoolExecutor
from time import sleep


def square(number):
    """Return the square of a number, after a while."""
    sleep(0.1)
    return number * number


with ProcessPoolExecutor(4) as executor:
    print(list(executor.map(square, range(8))))
