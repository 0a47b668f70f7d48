"""Tables of fencing pools."""


def table(bouts):
    raise NotImplementedError
