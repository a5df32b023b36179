import sys

SETTINGS = {}
LEVEL = 0
_state = 0


def configure(settings):
    settings['configured'] = True


def start(n):
    global _state
    _state = n


def state():
    return _state


def sql(text):
    return type(sys._getframe(1).f_globals[text.split()[-1]]).__name__


class Model:
    fitted = 0

    def fit(self, data):
        self.fitted += 1
        return self.fitted

    def score(self):
        return self.fitted

    def createOrReplaceTempView(self, name):
        App.views.add(name)


class App:
    views = set()

    def __init__(self):
        self.routes = []

    def route(self, path):
        def add(function):
            self.routes.append(path)
            return function

        return add

    def sql(self, text):
        if text.split()[-1] not in self.views:
            raise LookupError(text)
