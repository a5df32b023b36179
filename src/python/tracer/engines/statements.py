"""What the runner tells of the statements that it has run, for engines that look at what they left behind."""

# follow(unit, statements, namespace, value): of the program's statements that have just run, in this order; `value` is that of the last
# one where a cell shows it. Called in the run's first process only.
followers = []  # type: list

# Whether all statements ran to their end.
completed = False


def ran(unit, statements, namespace, value):
    """Called by the runner after each step."""
    for follow in followers:
        follow(unit, statements, namespace, value)


def complete():
    """Called by the runner after the last step."""
    global completed
    completed = True
