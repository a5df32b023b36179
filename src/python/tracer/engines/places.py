"""Where in the user's code an engine was asked to do something."""
import sys

from ..sites import is_user_file


def place(frame):
    """(file, line) of the nearest user frame, from `frame` outwards; (None, None) when there is none."""
    while frame is not None:
        name = frame.f_code.co_filename
        if is_user_file(name):
            return name, frame.f_lineno
        frame = frame.f_back
    return None, None


def caller():
    """(file, line) of the nearest user frame around the function that asks."""
    return place(sys._getframe(1))
