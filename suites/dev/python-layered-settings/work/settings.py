"""Layered settings."""


class SettingsError(Exception):
    pass


def load(layers):
    raise NotImplementedError
