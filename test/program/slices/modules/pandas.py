import sys

_options = {}


class options:
    width = 0


def set_option(name, value):
    _options[name] = value


def get_option(name):
    return _options.get(name), options.width


class DataFrame(dict):
    def drop(self, name):
        return DataFrame((key, value) for key, value in self.items() if key != name)

    def describe(self):
        print('described')

    def columns(self):
        return sorted(self)

    def query(self, text):
        column, _, name = text.partition(' > @')
        limit = sys._getframe(1).f_globals[name]
        return [value for value in self[column] if value > limit]
