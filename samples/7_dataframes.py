"""The same questions asked of pandas and of Dask: what is lazy, what is parallel, and what fits into memory."""

# %% [markdown]
# # Dask DataFrame
# A Dask dataframe is many pandas dataframes, split along the index: one for each block of the file.
# An operation on it runs on each of them, several at a time, and they need not all be in memory.
#
# `random_people.csv` is made when it is not there, with 10 MB. For a larger one:
# `python make_people.py --size 1GB`. Needs pandas and Dask (`requirements.txt`).

# %%
from time import perf_counter

import dask
import dask.dataframe as ddf
import pandas as pd

from make_people import people_csv

path = people_csv()

# %% [markdown]
# ## Read
# Dask looks at the start of the file, for the names and types of the columns, and reads no more. In small blocks here,
# so that there is something to share out.

# %%
start = perf_counter()
dask_df = ddf.read_csv(path, blocksize="2MB")
print(f"Dask: {dask_df.npartitions} partitions in {perf_counter() - start:.3f} s")

# %%
start = perf_counter()
pandas_df = pd.read_csv(path)
print(f"pandas: read in {perf_counter() - start:.3f} s")

# %% [markdown]
# ## The shape
# Dask does not know how many people there are without reading all of the file: it gives a promise.

# %%
print("Dask:", dask_df.shape)

# %%
print("pandas:", pandas_df.shape)

# %% [markdown]
# ## A new column, and a filter
# The times of Dask are those of writing down what is to be done: no salary was looked at. That is why a `%%time` over such a
# cell says microseconds, and why the timeline has no tasks.

# %%
start = perf_counter()
dask_df["new_salary"] = dask_df["salary"] ** 2
print(f"Dask: squared in {perf_counter() - start:.4f} s, it seems")

# %%
start = perf_counter()
pandas_df["new_salary"] = pandas_df["salary"] ** 2
print(f"pandas: squared in {perf_counter() - start:.4f} s")

# %%
start = perf_counter()
df1 = dask_df[dask_df["new_salary"] > 5000]
print(f"Dask: filtered in {perf_counter() - start:.4f} s, it seems")

# %%
start = perf_counter()
df2 = pandas_df[pandas_df["new_salary"] > 5000]
print(f"pandas: {len(df2)} filtered in {perf_counter() - start:.4f} s")

# %% [markdown]
# ## Count
# Without `.compute()` there is nothing but a plan. With it, everything since `read_csv` happens now: in the timeline,
# a task for each partition and step, on as many threads as there are CPUs.

# %%
print("pandas:", pandas_df.salary.value_counts().nlargest(3).to_dict())

# %%
print("Dask, a plan:", type(dask_df.salary.value_counts()).__name__)

# %%
start = perf_counter()
counts = dask_df.salary.value_counts().compute()
print(f"Dask: {counts.nlargest(3).to_dict()} in {perf_counter() - start:.3f} s")

# %%
print("Dask:", len(df1), "filtered")

# %% [markdown]
# ## With or without threads
# pandas lets go of the GIL while it reads and while it computes with numbers: threads read several blocks at once. A Python function
# for each name keeps the GIL, and threads gain nothing.

# %%
for scheduler in ("synchronous", "threads"):
    start = perf_counter()
    with dask.config.set(scheduler=scheduler):
        names = ddf.read_csv(path, blocksize="2MB")["name"]
        longest = int(names.map(len, meta=("name", "int64")).max().compute())
    print(f"{scheduler}: the longest name has {longest} letters, {perf_counter() - start:.2f} s")

# %% [markdown]
# ## Larger than memory
# Linux lets a process promise to take only so much more memory. Dask reads the file block after block and keeps only what
# the mean needs, so that is enough for it. pandas wants all of the file at once, and there is no room for that.
# (On macOS the limit has no effect, on Windows there is none.)

# %%
import os
import resource

from make_people import make


def memory_in_use():
    """Bytes of this process that count against its limit (VmData, in kB)."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmData"))


large = os.path.join(os.path.dirname(path), f"many_people.{os.getpid()}.csv")
make(large, 200_000_000)
many = ddf.read_csv(large, blocksize="2MB")
many.head()  # All libraries are loaded, and have what they need for themselves.

before = resource.getrlimit(resource.RLIMIT_DATA)
resource.setrlimit(resource.RLIMIT_DATA, (memory_in_use() + 150_000_000, before[1]))
try:
    print(f"Dask: {many.salary.mean().compute(scheduler='threads'):.2f} on average")
    print("pandas:", len(pd.read_csv(large)), "people")
except (MemoryError, RuntimeError):  # The latter: no room for another thread.
    print("pandas: no memory left")
finally:
    resource.setrlimit(resource.RLIMIT_DATA, before)
    os.remove(large)
