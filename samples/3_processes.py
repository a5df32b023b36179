"""Processes by hand and in pools: Process, Pool and ProcessPoolExecutor."""

# %% [markdown]
# # Processes
# A process has its own interpreter, its own memory and its own GIL. The module `multiprocessing`
# starts them, hands them a function with its arguments, and brings results back.
#
# A new process may have to import this file to find the function. `if __name__ == "__main__":`
# keeps it from starting processes in its turn: it is true only in the program that you started.
# What happens without it is shown in `3_without_guard.py`.

# %%
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pool, Process, cpu_count, current_process
from time import sleep

if __name__ == "__main__":
    print("Number of CPUs:", cpu_count())


# %% [markdown]
# ## Process: one function call, one process
# Seven processes start one after another and then work side by side. Six get a name from Python,
# the last one is called "Test". `join` waits until a process has ended;
# without it, the last line could be printed before the processes are done.


# %%
def doubler(number):
    """Print the double of a number and who worked it out."""
    sleep(0.3)  # stands for real work, long enough to be seen
    print(f"{number} doubled is {number * 2}, says {current_process().name}")


if __name__ == "__main__":
    processes = [Process(target=doubler, args=(number,)) for number in [5, 10, 15, 20, 25, 100]]
    processes.append(Process(target=doubler, args=(2,), name="Test"))
    for process in processes:
        process.start()
    print(f"{len(processes)} processes started")
    for process in processes:
        process.join()
    print("all have ended, with exit codes", [process.exitcode for process in processes])


# %% [markdown]
# ## Pool: many calls, few processes
# Starting a process is expensive, so a pool starts some once and sends them one call after another.
# `map` waits for everything and returns a list in the order of the arguments.


# %%
def square(number):
    """Return the square of a number, after a while."""
    sleep(0.1)
    return number * number


if __name__ == "__main__":
    with Pool(4) as pool:
        print("map:", pool.map(square, range(12), chunksize=1))

# %% [markdown]
# `imap` hands you each result as soon as it and those before it are there, so that you can go on
# with the first while the pool works on the rest.

# %%
if __name__ == "__main__":
    with Pool(4) as pool:
        for result in pool.imap(square, range(8)):
            print("imap:", result)

# %% [markdown]
# `apply_async` submits a single call and returns at once. `get` waits for its result;
# in between, this program does something else.

# %%
if __name__ == "__main__":
    with Pool(4) as pool:
        answers = [pool.apply_async(square, (number,)) for number in [3, 5, 8]]
        print("apply_async: submitted, not waiting yet")
        print("apply_async:", [answer.get() for answer in answers])

# %% [markdown]
# ## ProcessPoolExecutor
# The same idea with the interface of `ThreadPoolExecutor`: change the class and
# threads become processes.

# %%
if __name__ == "__main__":
    with ProcessPoolExecutor(4) as executor:
        print("ProcessPoolExecutor:", list(executor.map(square, range(8))))
