"""User classes, of which models have instances. `inside` returns the arguments and content."""

NAMES = "abcdef"


class Attributes(object):
    """Has a `__dict__`."""

    def hold(self, values):
        for name, value in zip(NAMES, values):
            setattr(self, name, value)

    def inside(self):
        return list(vars(self).values())


class Slots(object):
    """Has slots. Without its own methods it could not be pickled in protocols 0 and 1."""

    __slots__ = tuple(NAMES)

    def __getstate__(self):
        return None, {name: getattr(self, name) for name in NAMES if hasattr(self, name)}

    def __setstate__(self, state):
        self.hold(state[1].values())

    hold = Attributes.hold

    def inside(self):
        return list(self.__getstate__()[1].values())


class Made(object):
    """Is called with arguments, and then gets items."""

    def __init__(self, *args):
        self.args, self.items = args, []

    def __reduce__(self):
        return Made, self.args, None, iter(self.items)

    def append(self, item):
        self.items.append(item)

    def hold(self, values):
        self.items.extend(values)

    def inside(self):
        return list(self.args) + self.items
