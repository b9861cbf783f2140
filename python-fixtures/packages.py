"""The packages as cargo would publish them, unpacked where nothing of the repository is near.

Used by the session `package` of noxfile.py. Standard library alone, Python 3.8 on.
"""

import os
import shutil
import subprocess
import tarfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

#: What each package has to carry.
REQUIRED = ("Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT")

#: The packages depend on each other by version. There is no registry that has them yet.
WORKSPACE = """\
[workspace]
members = [{members}]
resolver = "3"

[patch.crates-io]
{patches}
"""


def pack(names, target):
    """The paths of the `.crate` files of these packages, in this order.

    They are made in `target` of what lies in the repository's folder, committed or not.
    """
    command = ["cargo", "package", "--no-verify", "--allow-dirty", "--target-dir", target]
    for name in names:
        command += ["-p", name]
    before = os.path.join(target, "package")
    for old in os.listdir(before) if os.path.isdir(before) else ():
        # Another version's would be found as well.
        if old.endswith(".crate"):
            os.remove(os.path.join(before, old))
    subprocess.check_call(command, cwd=ROOT)
    made = [name for name in os.listdir(before) if name.endswith(".crate")]
    return [os.path.join(before, file_of(name, made)) for name in names]


def file_of(name, files):
    """Which of these files is the package's: `mpconn-0.1.0.crate` is, `mpconn-cli-0.1.0.crate` is not."""
    mine = [f for f in files if f.startswith(name + "-") and f[len(name) + 1].isdigit()]
    if len(mine) != 1:
        raise RuntimeError("cargo package made %s of %s" % (mine or "nothing", name))
    return mine[0]


def unpack(crates, directory):
    """Unpacks them as the members of a workspace; returns what is missing in them.

    The lock file is the repository's, so that the same dependencies are tested.
    """
    members, missing = {}, []
    for path in crates:
        folder = os.path.basename(path)[:-len(".crate")]
        with tarfile.open(path) as archive:
            archive.extractall(directory)
        members[folder.rsplit("-", 1)[0]] = folder
        there = os.listdir(os.path.join(directory, folder))
        missing += ["%s has no %s" % (folder, name) for name in REQUIRED if name not in there]
    with open(os.path.join(directory, "Cargo.toml"), "w") as file:
        file.write(WORKSPACE.format(
            members=", ".join('"%s"' % folder for folder in members.values()),
            patches="\n".join('%s = { path = "%s" }' % item for item in sorted(members.items()))))
    shutil.copy(os.path.join(ROOT, "Cargo.lock"), directory)
    # Time limits of tests.
    shutil.copytree(os.path.join(ROOT, ".config"), os.path.join(directory, ".config"))
    return missing
