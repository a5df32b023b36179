"""The same computation in a loop, in threads and in processes: the GIL made visible."""

# %% [markdown]
# # Computing under the GIL
# CPython has a lock around its interpreter, the *global interpreter lock* or GIL: of all the threads
# in a process, one at a time executes Python code. A thread lets go of it while it waits
# (for a page, a file, a `sleep`), but a thread that computes holds on to it and passes it on
# only every few milliseconds.
#
# Below, the same four computations run in three ways. Compare the times, then the timelines.
# (A free-threaded build of Python has no GIL: there, threads are as fast as processes.)

# %%
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from time import perf_counter

LIMITS = [120_000] * 4


def count_primes(limit):
    """How many primes are below `limit`? Simple, slow, and pure Python."""
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))


# %% [markdown]
# ## In a loop
# One thread, running on a CPU all the time.

# %%
if __name__ == "__main__":
    start = perf_counter()
    counts = [count_primes(limit) for limit in LIMITS]
    print(f"in a loop: {counts} in {perf_counter() - start:.2f} s")

# %% [markdown]
# ## In two threads
# No faster. Two threads are at work all the time, but each waits for the GIL about half of it.

# %%
if __name__ == "__main__":
    start = perf_counter()
    with ThreadPoolExecutor(2) as executor:
        counts = list(executor.map(count_primes, LIMITS))
    print(f"in two threads: {counts} in {perf_counter() - start:.2f} s")

# %% [markdown]
# ## In two processes
# Each process has an interpreter and a GIL of its own, so on two free CPUs this takes about half
# as long. The price: processes take longer to start, and arguments and results are copied.

# %%
if __name__ == "__main__":
    start = perf_counter()
    with ProcessPoolExecutor(2) as executor:
        counts = list(executor.map(count_primes, LIMITS))
    print(f"in two processes: {counts} in {perf_counter() - start:.2f} s")
