"""The shape of the repository: what README promises, what `code/` must never become, what no text
of ours names.
"""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from press.source.page import read_page

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "code"
COLUMNS = 72  # of a page's code


def git(*arguments: str) -> list[str]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("there is no git, or no repository here: what is tracked is not known")
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [name for name in done.stdout.split("\0") if name]


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """What git has, and what it would take: every file that is not ignored and is there."""
    files = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [name for name in files if (ROOT / name).is_file()]


# -- code/ is a source root, not a package


def test_code_is_no_package() -> None:
    """With code/__init__.py the standard library's `code` is hidden, and pdb, IPython and pytest
    break.
    """
    assert not (CODE / "__init__.py").exists()
    assert [file.name for file in CODE.iterdir() if file.suffix == ".py"] == []


@pytest.mark.parametrize(
    "folder", [ROOT, CODE, ROOT / "journal", ROOT / "tests"], ids=lambda folder: folder.name
)
def test_import_code_is_the_standard_librarys(folder: Path) -> None:
    """From every folder in which someone may start Python; -m puts that folder first on the path."""
    ask = "import code, pdb; print(code.__file__); code.InteractiveConsole"
    done = subprocess.run([sys.executable, "-c", ask], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == Path(os.__file__).parent / "code.py"


def test_no_module_of_ours_bears_a_name_of_the_standard_library(tracked: list[str]) -> None:
    """A file that is run as a script puts its folder first on the path; Quarto runs
    code/press/publish/assets.py so.
    """
    ours = {name: Path(name).stem for name in tracked if name.endswith(".py")}
    ours |= {f"{name}/": Path(name).name for name in {str(Path(name).parent) for name in ours}}
    assert {name for name, stem in ours.items() if stem in sys.stdlib_module_names} == set()


@pytest.mark.parametrize("name", ["scratch", "exhibits", "workbench", "press"])
def test_the_packages_are_those_of_this_tree(name: str) -> None:
    found = importlib.util.find_spec(name)
    assert found is not None and found.origin is not None
    assert Path(found.origin) == CODE / name / "__init__.py"


def imports(package: str) -> set[str]:
    """The packages of ours that the modules of a package import."""
    found: set[str] = set()
    for file in (CODE / package).rglob("*.py"):
        for match in re.finditer(
            r"^\s*(?:from|import)\s+(scratch|exhibits|workbench|press)\b",
            file.read_text(encoding="utf-8"),
            re.M,
        ):
            found.add(match[1])
    return found


def test_arrows_run_one_way() -> None:
    """pages -> exhibits -> scratch, press -> workbench -> scratch; press knows pages."""
    assert imports("scratch") <= {"scratch"}
    assert imports("exhibits") <= {"exhibits", "scratch"}
    assert imports("workbench") <= {"workbench", "scratch"}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the packages in a folder, by the layers of its pyproject.toml."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder / "code")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def test_a_room_imports_from_the_rooms_below_it_alone() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


def test_an_arrow_that_climbs_is_named(tmp_path: Path) -> None:
    shutil.copytree(CODE, tmp_path / "code", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with open(tmp_path / "code/press/base/files.py", "a", encoding="utf-8") as file:
        file.write("\nfrom press.source import quarto_yml\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "press.base.files -> press.source.quarto_yml" in done.stdout


# -- Pages


def long_lines(path: Path, root: Path) -> list[str]:
    """Name the lines of a page's cells that are longer than COLUMNS; options of a cell may be."""
    return [
        f"{path.relative_to(root)}:{number}: {len(line)} characters"
        for cell in read_page(path, root).cells
        for number, line in enumerate(cell.source.splitlines(), cell.code_line)
        if len(line) > COLUMNS
    ]


def test_the_code_of_a_page_has_72_columns() -> None:
    pages = [ROOT / "index.qmd", *(ROOT / "journal").rglob("*.qmd")]
    assert len(pages) > 1
    assert [line for page in pages for line in long_lines(page, ROOT)] == []


def test_a_line_of_73_columns_is_named_and_an_option_may_be_longer(tmp_path: Path) -> None:
    cell = f"```{{python}}\n#| label: {'c' * 90}\n{'a' * COLUMNS}\n{'b' * (COLUMNS + 1)}\n```\n"
    page = tmp_path / "page.qmd"
    page.write_text(f"---\ntitle: A page\n---\n\n{cell}", encoding="utf-8")
    assert long_lines(page, tmp_path) == ["page.qmd:8: 73 characters"]


# -- README's tree


def tree_of_readme() -> dict[str, str]:
    """Path -> what README's tree says of it; a folder ends in /, and what is indented stands in the
    one above.
    """
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"^```text\n(.*?)^```", readme, re.M | re.S)
    assert block, "README.md has no ```text block with the tree"
    paths: dict[str, str] = {}
    above = ""
    for line in block[1].splitlines():
        match = re.fullmatch(r"(?P<indent> *)(?P<name>\S+)(?: {2,}(?P<said>.+))?", line)
        assert match, f"README's tree has a line that is no name: {line!r}"
        name = match["name"]
        if not match["indent"]:
            above = name if name.endswith("/") else ""
        paths[(above if match["indent"] else "") + name] = match["said"] or ""
    return paths


def test_readmes_tree_is_the_real_one(tracked: list[str]) -> None:
    """Files and folders at the top, and folders one below, wherever the tree goes into one;
    dotfiles are left out.
    """
    shown = set(tree_of_readme())
    top = {
        name.split("/")[0] + ("/" if "/" in name else "")
        for name in tracked
        if not name.startswith(".")
    }
    assert {path for path in shown if "/" not in path.rstrip("/")} == top
    opened = {path.split("/")[0] + "/" for path in shown if "/" in path.rstrip("/")}
    assert "code/" in opened
    for folder in opened:
        below = {
            "/".join(name.split("/")[:2]) + "/"
            for name in tracked
            if name.startswith(folder) and name.count("/") > 1
        }
        below |= {
            name for name in shown if name.startswith(folder) and not name.endswith("/")
        } & set(tracked)
        assert {path for path in shown if path.startswith(folder) and path != folder} == below


def test_readmes_tree_says_what_each_is_for() -> None:
    assert [path for path, said in tree_of_readme().items() if not said] == []


def test_readme_names_no_file_that_is_not_there() -> None:
    """Links and images of README, and the commands of make that it tells."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", readme):
        assert (ROOT / target).exists(), target
    made = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for told in set(re.findall(r"make ([a-z-]+)", readme)) - {"it", "a", "the"}:
        assert told in made, f"README tells of `make {told}`"


def test_readme_says_of_each_room_what_goes_there() -> None:
    """Every file and folder that its table names is there, and every room is named."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Where does my line go?")[2].partition("\n## ")[0]
    named: set[str] = set()
    for row in re.findall(r"^\| .* \| (.*) \|$", table, re.M):
        folder = ""
        for name in re.findall(r"`([^`]*[./][^`]*)`", row):
            path = name if "/" in name or (ROOT / name).is_file() else f"{folder}/{name}"
            folder = path.rpartition("/")[0]
            assert any(ROOT.glob(path.rstrip("/"))), f"{path}: not there"
            named.add(path)
    rooms = [file.parent for file in CODE.glob("*/*/__init__.py")]
    paths = {room.relative_to(ROOT).as_posix() for room in rooms}
    missing = {path for path in paths if not any(name.startswith(path) for name in named)}
    assert missing <= {"code/exhibits/base", "code/press/base"}


def test_readme_says_why_each_dependency_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    wanted += chain.from_iterable(project["project"]["optional-dependencies"].values())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("## Dependencies") :]
    for requirement in wanted:
        name, _, version = requirement.partition("==")
        name = name.split("[")[0]
        assert version, f"{requirement} is not pinned"
        assert re.search(rf"\b{re.escape(name)}\b", table), (
            f"README does not say why {name} is there"
        )


LONGEST_FILE, LONGEST_FUNCTION = 300, 60  # lines


def too_long(code: Path) -> list[str]:
    """Name the scripts and functions below a folder that are too long to be read at a glance."""
    found = []
    for file in sorted([*code.rglob("*.py"), *code.rglob("*.js")]):
        text = file.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > LONGEST_FILE:
            found.append(f"{file.name}: {lines} lines")
        functions = ast.walk(ast.parse(text)) if file.suffix == ".py" else ()
        for node in functions:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    found.append(f"{file.name}: {node.name} has {lines} lines")
    return found


def test_no_script_and_no_function_is_too_long() -> None:
    assert too_long(CODE) == []


def test_a_long_script_and_a_long_function_are_named(tmp_path: Path) -> None:
    (tmp_path / "long.js").write_text("\n" * 301)
    (tmp_path / "long.py").write_text("def f():\n" + "    pass\n" * 60)
    assert too_long(tmp_path) == ["long.js: 301 lines", "long.py: f has 61 lines"]


# -- What no text names

# Put together from parts, so that this file does not hold what it looks for.
MACHINE = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/us" + "ers/"]
HOSTS = ["py" + "pi.org", "pythonhos" + "ted.org", "npm" + "js.org", "download.py" + "torch.org"]
CPU_BUILDS = f"https://{HOSTS[-1]}/whl/cpu"  # what spares a Linux machine the CUDA packages
WRITERS = [
    "cla" + "ude",
    "anthro" + "pic",
    "copi" + "lot",
    "co-authored" + "-by",
    "as an ai lan" + "guage",
]


def own_registries() -> set[str]:
    """Hosts of the package registries that this machine is set up with."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    said += " ".join(
        value
        for name, value in os.environ.items()
        if "INDEX_URL" in name or "REGISTRY" in name.upper()
    )
    return set(re.findall(r"https?://(?:[^/@\s']*@)?([^/\s:']+)", said))


def test_no_text_names_a_registry_a_machine_or_a_tool_that_wrote_it(tracked: list[str]) -> None:
    wanted = [*MACHINE, *HOSTS, *WRITERS, *own_registries()]
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(item)}" for item in wanted), re.I)
    found = []
    for name in tracked:
        data = (ROOT / name).read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
            line = line.replace(CPU_BUILDS, "")
            found += [f"{name}:{number}: {match[0]}" for match in pattern.finditer(line)]
    assert found == []


def test_every_text_is_utf8_without_windows_line_ends(tracked: list[str]) -> None:
    for name in tracked:
        data = (ROOT / name).read_bytes()
        if b"\0" not in data:
            data.decode("utf-8")
            assert b"\r\n" not in data, name


def test_what_is_made_is_not_tracked(tracked: list[str]) -> None:
    made = ("_site/", ".press/", ".quarto/", "assets/", ".venv/")
    assert [
        name for name in tracked if name.startswith(made) or name.endswith((".pyc", ".ipynb"))
    ] == []
    assert "data/foundation.txt" not in tracked


def test_no_pointer_to_large_files_and_no_large_file(tracked: list[str]) -> None:
    """The screenshot of README is the largest thing that belongs here, with the novella."""
    sizes = {name: (ROOT / name).stat().st_size for name in tracked}
    assert {name: size for name, size in sizes.items() if size > 400_000} == {}
    screenshots = [
        size
        for name, size in sizes.items()
        if name.startswith(".github/") and name.endswith(".png")
    ]
    assert all(size < 200_000 for size in screenshots)
