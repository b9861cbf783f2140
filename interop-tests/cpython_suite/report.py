"""Prints a report: every class, every skip and exception with its reason, and counts."""

import collections

from . import table


class Report:
    """The evaluated results of a run."""

    def __init__(self, title, results, what, core):
        self.title = title
        self.core = core
        self.rust = what.face == "rust"
        self.classes = collections.OrderedDict()
        self.failures, self.exceptions, self.stale, self.notes = [], [], [], []
        for result in results:
            if result.outcome == "note":
                self.notes.append(result)
            else:
                self.take(result, what.start)

    def take(self, result, start):
        self.classes.setdefault(result.test.split(".")[0], []).append(result)
        reason = table.reason_not_applicable(result.test, start) if self.rust else None
        if reason is None:
            if result.outcome in ("fail", "error"):
                self.failures.append(result)
        elif result.outcome in ("fail", "error"):
            result.outcome = "n/a"
            self.exceptions.append((result.test, reason))
        else:
            self.stale.append((result.test, result.outcome))

    def count(self, outcome, rust=False):
        every = [r for results in self.classes.values() for r in results]
        return sum(r.outcome == outcome and (not rust or r.used_rust) for r in every)

    def unused(self):
        """Returns core classes that ran without Rust, since the module was not replaced."""
        missing = []
        for name in self.core:
            results = [r for r in self.classes.get(name, []) if r.outcome == "ok"]
            wanted = table.CORE.get(name, table.NOWHERE)
            if name not in self.classes:
                missing.append("%s: no test ran" % name)
            elif wanted != table.NOWHERE and not any(r.used_rust for r in results):
                missing.append("%s: no test called Rust" % name)
            elif wanted == table.CHILD and not any(r.children for r in results):
                missing.append("%s: no child process called Rust" % name)
        return missing

    def problems(self):
        """Returns a description of everything that makes the run a failure."""
        found = ["%s: %s" % (r.test, r.outcome) for r in self.failures]
        found += ["%s is listed as not applicable, but ended %s: take it off the list" % s
                  for s in self.stale]
        if self.rust:
            found += self.unused()
        if not self.count("ok"):
            found.append("no test passed at all")
        return found

    def show(self, write=print):
        write("")
        write(self.title)
        write("  %-42s %6s %7s %4s %6s  %s" % ("class", "passed", "skipped", "n/a", "failed",
                                               "calls of Rust here; processes beside"))
        for name, results in self.classes.items():
            write(class_line(name, results))
        for result in self.failures:
            write("  FAILED %s\n%s" % (result.test, indented(result.detail)))
        for name, reason in self.exceptions:
            write("  not applicable: %s: %s" % (name, reason))
        for reason, tests in skips(self.classes):
            write("  skipped: %s: %s" % (reason, ", ".join(tests)))
        for note in self.notes:
            write("  note: %s" % note.detail)
        write("  " + self.summary())

    def summary(self):
        through = " (%d through Rust)" % self.count("ok", rust=True) if self.rust else ""
        return "%s: %d passed%s, %d skipped, %d not applicable, %d failed" % (
            self.title, self.count("ok"), through, self.count("skip"), self.count("n/a"),
            len(self.failures))


def class_line(name, results):
    counts = collections.Counter(r.outcome for r in results)
    calls = collections.Counter()
    for result in results:
        calls.update(result.calls)
    children = sum(r.children for r in results)
    used = " ".join("%s %d" % item for item in sorted(calls.items())) or "-"
    return "  %-42s %6d %7d %4d %6d  %s; %d" % (
        name, counts["ok"], counts["skip"], counts["n/a"], counts["fail"] + counts["error"],
        used, children)


def skips(classes):
    by_reason = collections.OrderedDict()
    for results in classes.values():
        for result in results:
            if result.outcome == "skip":
                by_reason.setdefault(result.detail, []).append(result.test)
    return by_reason.items()


def indented(text):
    return "\n".join("    | " + line for line in text.rstrip().splitlines())
