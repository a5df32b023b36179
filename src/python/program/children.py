"""What multiprocessing's spawned and forkserver children run as their `__mp_main__`.

By itself multiprocessing imports the main file again in each child, which starts pools over and over unless the user guards them.
Here a child gets a generated file instead that re-creates definitions and what they need; only guarded whole files keep Python's way.
"""
from __future__ import annotations



def watch(program, folder) -> None:
    pass
