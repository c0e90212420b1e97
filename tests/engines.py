"""Engines for tests."""


class CountingEngine:
    """An engine that remembers every step, and the names of those that it had to compute."""

    def __init__(self):
        self.found, self.computed = {}, []

    def step(self, name, key, work):
        if (name, key) not in self.found:
            self.found[name, key] = work()
            self.computed.append(name)
        return self.found[name, key]


class ForgetfulEngine:
    """An engine that computes every step and remembers none; it lists the names and keys that it was asked for."""

    def __init__(self):
        self.keys = []

    def step(self, name, key, work):
        self.keys.append((name, key))
        return work()
