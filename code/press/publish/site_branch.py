"""Put a built site on a branch of a remote repository: a commit whose tree is the site.

The commit is made in a repository of press's own (.press/publish.git), whose working tree is the
site: the author's index, HEAD, branches and files stay as they are. Files go in byte for byte, past
filters and ignored names. The branch keeps its history, and its CNAME.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from press.base.errors import PressError

HERE = "publish"  # what a problem of this command begins with
ALWAYS = ".nojekyll"  # else GitHub leaves out what begins with _
KEPT = "CNAME"  # the site's own domain, which GitHub keeps on the branch
AS_IT_IS = "* -text -ident -filter -working-tree-encoding\n"
NOBODY = ("-c", "user.name=journal", "-c", "user.email=journal@localhost")
FOREIGN = re.compile(
    r"GIT_(?:DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|NAMESPACE|PREFIX|(?:ALTERNATE_)?OBJECT.*)"
)
REMEDIES = (  # part of git's answer, remedy
    ("fetch first", "someone else pushed meanwhile: publish again"),
    ("non-fast-forward", "someone else pushed meanwhile: publish again"),
    ("does not appear to be a git repository", "mend the address: git remote -v"),
    ("not found", "mend the address: git remote -v"),
    ("ermission", "ask for the right to push, or look at your key or token"),
    ("Authentication failed", "ask for the right to push, or look at your key or token"),
    ("resolve host", "look at the address and the network"),
)


@dataclass(frozen=True)
class Commit:
    """A commit that is not pushed; changed: how many files differ from `parent`, "" for none."""

    id: str
    parent: str
    files: int
    bytes: int
    changed: int


class SiteBranch:
    """A branch of a remote, as seen from the author's repository at `root`."""

    def __init__(self, root: Path, work: Path, remote: str, branch: str) -> None:
        """Raises: PressError without git, a repository or a remote, or for a name of neither."""
        self.root, self.own = root, work / "publish.git"
        self.remote, self.branch = remote, branch
        self.ref = f"refs/heads/{branch}"
        try:
            self.theirs = self._git(
                "rev-parse", "--path-format=absolute", "--git-common-dir"
            ).strip()
        except FileNotFoundError:
            raise PressError.at("git", 0, "is not installed", "install git") from None
        except PressError as error:
            if "not a git repository" not in str(error):
                raise
            what = "the journal is in no git repository"
            raise PressError.at(HERE, 0, what, "make one: git init") from None
        if not remote or remote.startswith("-"):
            known = ", ".join(self._git("remote").split()) or "none yet: git remote add origin URL"
            what = f"{remote!r} is no remote" if remote else "no remote is named"
            remedy = f"give --remote NAME or an address; yours: {known}"
            raise PressError.at(HERE, 0, what, remedy)
        try:
            self._git("check-ref-format", self.ref)
        except PressError:
            raise PressError.at(HERE, 0, f"{branch!r} is no name of a branch", "mend it") from None

    def dirt(self) -> list[str]:
        """Return the paths of the author's that differ from the last commit."""
        options = ("-c", "core.quotePath=off", "--no-optional-locks")  # which would write the index
        return [line[3:] for line in self._git(*options, "status", "--porcelain", ".").splitlines()]

    def head(self) -> str:
        """Return the short name of the author's last commit; "" for none."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", "--short", "HEAD").strip()
        except PressError:
            return ""

    def commit(self, site: Path, message: str) -> Commit:
        """Make a commit of a site on top of the branch, if it differs.

        Raises: PressError if the remote does not answer.
        """
        if not (self.own / "HEAD").is_file():
            self._git("init", "--quiet", "--bare", str(self.own))
        (self.own / "info" / "attributes").write_text(AS_IT_IS)
        (site / ALWAYS).touch()
        self._mine("symbolic-ref", "HEAD", self.ref)
        parent = self._fetched()
        self._mine("read-tree", parent or "--empty")
        kept = [] if (site / KEPT).exists() else [f":!{KEPT}"]
        inside = ("-C", str(site), "-c", "core.fileMode=false", "--work-tree=.")
        self._mine(*inside, "add", "--all", "--force", "--", ".", *kept)
        files = self._mine("ls-files", "-z").split("\0")[:-1]
        differ = (
            self._mine("diff", "--cached", "--no-renames", "--name-only", "-z", self.ref)
            if parent
            else ""
        )
        changed = differ.count("\0") if parent else len(files)
        if changed:
            self._mine(*self._who(), *inside, "commit", "--quiet", "--no-gpg-sign", "-m", message)
        id = self._mine("rev-parse", "HEAD").strip()
        sizes = (path.stat().st_size for path in (site / file for file in files) if path.is_file())
        return Commit(id, parent, len(files), sum(sizes), changed)

    def push(self, commit: Commit) -> None:
        """Push a commit. Raises: PressError if the remote refuses it."""
        self._mine("push", "--quiet", self.remote, f"{commit.id}:{self.ref}")

    def _fetched(self) -> str:
        """Return the branch's newest commit at the remote, and bring it here; "" for no branch."""
        if not self._mine("ls-remote", self.remote, self.ref):
            self._mine("update-ref", "-d", self.ref)
            return ""
        options = ("--quiet", "--no-tags", "--update-head-ok")
        self._mine("fetch", *options, self.remote, f"+{self.ref}:{self.ref}")
        return self._mine("rev-parse", self.ref).strip()

    def _who(self) -> tuple[str, ...]:
        """Return the options that name an author where git is told of none."""
        try:
            self._git("config", "user.email")
        except PressError:
            return NOBODY
        return ()

    def _mine(self, *arguments: str) -> str:
        """Run git in press's own repository, with the author's remotes and settings."""
        settings = [f"include.path={self.theirs}/config", f"core.hooksPath={os.devnull}"]
        options = [part for setting in settings for part in ("-c", setting)]
        return self._git(*options, f"--git-dir={self.own}", *arguments)

    def _git(self, *arguments: str) -> str:
        """Return what git prints. Raises: PressError with the line of its answer that says why."""
        environment = {k: v for k, v in os.environ.items() if not FOREIGN.fullmatch(k)}
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env={**environment, "LC_ALL": "C"}, capture_output=True
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace")
            raise PressError.at(HERE, 0, *_refused(said, done.returncode, self.remote))
        return os.fsdecode(done.stdout)


def _refused(said: str, status: int, remote: str) -> tuple[str, str]:
    """Return what git said, in one line, and the remedy.

    >>> _refused("To x\\n ! [rejected] a -> b (fetch first)\\nerror: failed to push", 1, "x")
    ('x: [rejected] a -> b (fetch first)', 'someone else pushed meanwhile: publish again')
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith(("!", "fatal:", "remote: error", "error:"))]
    line = (marked or lines or [f"git ended with status {status}"])[0]
    remedy = next((remedy for part, remedy in REMEDIES if part in said), "")
    return f"{remote}: {line.removeprefix('!').removeprefix('fatal:').strip()}", remedy
