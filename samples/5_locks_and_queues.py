"""Threads that wait for each other: a lock, a queue, and more tasks than workers."""

# %% [markdown]
# # Waiting for each other
# The threads below hardly compute. What takes time is that they wait: for a lock
# that another one holds, for an item that is not there yet, for a worker that is free.

# %%
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from threading import Lock, Thread, current_thread
from time import perf_counter, sleep

# %% [markdown]
# ## A lock
# Three threads want the same lock and each keeps it for half a second, so they take turns: 1.5 s
# in all, no faster than one thread. Do slow things before or after `with lock:`, not inside.

# %%
lock = Lock()


def update_account():
    """Hold the lock for half a second."""
    with lock:
        sleep(0.5)
        print(current_thread().name, "is done")


threads = [Thread(target=update_account, name=name) for name in ["Ada", "Grace", "Edsger"]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

# %% [markdown]
# ## A queue
# A cook makes a dish every 50 ms; two waiters need 200 ms to serve one. The queue holds two dishes at
# most, so the cook soon waits in `put` for room: the queue slows the fast side down to the pace of the
# slow one. With five or more waiters it is they who wait, in `get`.

# %%
dishes = Queue(maxsize=2)
WAITERS = ["waiter 1", "waiter 2"]


def cook(count):
    """Put `count` dishes into the queue, then one None per waiter: no more to come."""
    for number in range(count):
        sleep(0.05)
        dishes.put(number)
    for _ in WAITERS:
        dishes.put(None)


def serve():
    """Take dishes out of the queue until there are no more to come."""
    while True:
        dish = dishes.get()
        if dish is None:
            break
        sleep(0.2)
        print(f"dish {dish} served by {current_thread().name}")


threads = [Thread(target=cook, args=(10,), name="cook")]
threads += [Thread(target=serve, name=name) for name in WAITERS]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

# %% [markdown]
# ## More tasks than workers
# Twelve tasks of 100 ms on four threads run in three waves. The last four spend 200 ms
# of their 300 ms in the executor's own queue: for tasks that only wait, more workers would help.


# %%
def task(number):
    """Wait for 100 ms, as for a slow answer."""
    sleep(0.1)
    return number


start = perf_counter()
with ThreadPoolExecutor(4) as executor:
    numbers = list(executor.map(task, range(12)))
print(f"{len(numbers)} tasks on 4 threads: {perf_counter() - start:.2f} s")
