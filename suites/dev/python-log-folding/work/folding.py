"""Folding of repeated log lines."""


def fold(lines, window):
    raise NotImplementedError
