"""The same work in as many processes as there are CPUs, then in four times as many."""

# %% [markdown]
# # More processes than CPUs
# A CPU runs one thread at a time. When more want to run, the operating system gives each a short
# turn and lets the others wait. All the work gets done, but no sooner than with
# one process per CPU, and every process costs memory and time to start and to swap in and out.

# %%
from multiprocessing import Process, cpu_count
from time import perf_counter

CPUS = cpu_count()
WORK = 12_000_000  # additions per CPU: about a second


def add_up(count):
    """Keep a CPU busy with `count` additions."""
    total = 0
    for number in range(count):
        total += number


def run_in_processes(count):
    """Divide WORK * CPUS additions among `count` processes and wait for all of them."""
    start = perf_counter()
    processes = [Process(target=add_up, args=(WORK * CPUS // count,)) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print(f"{count} processes on {CPUS} CPUs: {perf_counter() - start:.2f} s")


# %% [markdown]
# ## One process per CPU
# Every process runs from its start to its end (if nothing else keeps the CPUs busy).

# %%
if __name__ == "__main__":
    run_in_processes(CPUS)

# %% [markdown]
# ## Four processes per CPU
# Each does a quarter of the work and takes almost as long, because it spends
# about three quarters of its time waiting for a CPU.

# %%
if __name__ == "__main__":
    run_in_processes(CPUS * 4)
