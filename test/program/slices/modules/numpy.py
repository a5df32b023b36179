import random as _random


def append(items, item):
    return list(items) + [item]


class random:
    _state = _random.Random()

    @classmethod
    def seed(cls, n):
        cls._state = _random.Random(n)

    @classmethod
    def rand(cls, n):
        return [cls._state.random() for _ in range(n)]
