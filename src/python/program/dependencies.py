
from __future__ import annotations
def needed(statements):
    return statements
