"""Fetch 13 web pages: one after another, then with 4, 8, 13 and 16 threads."""

# %% [markdown]
# # Waiting for the network
# Fetching a page is almost all waiting: the request is out, the answer is not here yet, and the CPU
# has nothing to do. Threads can wait side by side, each for a page of its own, and that makes this
# kind of work many times faster.
#
# The pages come from `local_server.py`, which answers as slowly as a real web site would.
# In the timeline it is the thread named "local server".

# %%
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import local_server

server = local_server.start()
urls = server.urls


def fetch(url):
    """Read one page to its end, close the connection, and return the number of bytes."""
    with urllib.request.urlopen(url) as page:
        return len(page.read())


# %% [markdown]
# ## One after another
# The times of all pages add up. A single thread waits for I/O from the left to the right.

# %%
start = perf_counter()
sizes = [fetch(url) for url in urls]
print(f"one after another: {sum(sizes)} bytes in {perf_counter() - start:.2f} s")

# %% [markdown]
# ## Four threads
# The executor keeps four threads. Each takes the next page as soon as it is done with its last one;
# the other pages queue. `map` gives the results in the order of the addresses.

# %%
start = perf_counter()
with ThreadPoolExecutor(4) as executor:
    sizes = list(executor.map(fetch, urls))
print(f"4 threads: {sum(sizes)} bytes in {perf_counter() - start:.2f} s")

# %% [markdown]
# ## Eight threads
# Eight pages start at once and five queue behind them.

# %%
start = perf_counter()
with ThreadPoolExecutor(8) as executor:
    sizes = list(executor.map(fetch, urls))
print(f"8 threads: {sum(sizes)} bytes in {perf_counter() - start:.2f} s")

# %% [markdown]
# ## Thirteen threads
# One thread per page: nothing queues, and the slowest page alone decides how long it takes.

# %%
start = perf_counter()
with ThreadPoolExecutor(13) as executor:
    sizes = list(executor.map(fetch, urls))
print(f"13 threads: {sum(sizes)} bytes in {perf_counter() - start:.2f} s")

# %% [markdown]
# ## Sixteen threads
# More threads than pages gain nothing. The executor starts a thread only when a page comes and
# none is free, so you see thirteen at most.

# %%
start = perf_counter()
with ThreadPoolExecutor(16) as executor:
    sizes = list(executor.map(fetch, urls))
print(f"16 threads: {sum(sizes)} bytes in {perf_counter() - start:.2f} s")
