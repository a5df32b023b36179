"""Mistakes that parallel programs are full of: each is marked before anything runs, and the light bulb offers a fix."""

# %%
import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor


def parse(text):
    return int(text)


# %% [markdown]
# ## An exception that nobody sees
# The second task fails. Nothing says so: its future is dropped, and the exception with it.

# %%
if __name__ == "__main__":
    with ThreadPoolExecutor(2) as executor:
        executor.submit(parse, "12")
        executor.submit(parse, "twelve")
    print("parsed, it seems")


# %% [markdown]
# ## A counter that loses counts
# `+=` reads, adds and writes: between these, another thread may have written.

# %%
count = 0


def one():
    return 1


def add(times):
    global count
    for _ in range(times):
        count += one()


if __name__ == "__main__":
    threads = [threading.Thread(target=add, args=(200_000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"counted {count:,} of 800,000")


# %% [markdown]
# ## A lock that stays held
# When `parse` raises, `release` is never reached, and whoever wants the lock next waits forever.

# %%
lock = threading.Lock()


def parse_one_at_a_time(text):
    lock.acquire()
    number = parse(text)
    lock.release()
    return number


if __name__ == "__main__":
    print(parse_one_at_a_time("12"))


# %% [markdown]
# ## A coroutine that stops all others
# `time.sleep` does not give way to the event loop: three naps of 0.2 s, and none at the same time as another.


# %%
async def nap():
    time.sleep(0.2)


async def three_naps():
    start = time.perf_counter()
    await asyncio.gather(nap(), nap(), nap())
    print(f"three naps took {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    asyncio.run(three_naps())
