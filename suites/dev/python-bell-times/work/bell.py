"""Times of a school bell."""


def bell_times(start, lessons, length, breaks):
    raise NotImplementedError
