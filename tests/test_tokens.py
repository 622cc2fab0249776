"""`press tokens`: names of texts and encodings, shards where they belong, errors in one line; and
the same on a cluster.
"""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from press.cli.workbench import tokens
from scratch import load_gpt2, load_text
from scratch.shards.shard_reader import INDEX, Shards
from scratch.text.utf8 import TextError
from scratch.tokenizer.bpe import BytePairEncoding
from scratch.tokenizer.registry import NoEncoding, find_encoding
from workbench import tokens as module
from workbench.tokens import NoCluster, build_tokens, find_texts, on_cluster, train_encoding

NOVELLA = "the-index-of-small-lights"


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal with the novella and nothing else."""
    text = load_text(NOVELLA)
    fields = {
        "title": text.title,
        "author": text.author,
        "licence": text.licence,
        "source": text.source,
    }
    lines = [f"[{NOVELLA}]", *(f'{key} = "{value}"' for key, value in fields.items())]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "texts.toml").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "data" / f"{NOVELLA}.txt").write_text(text.content, encoding="utf-8")
    (tmp_path / "_quarto.yml").write_text("project: {type: website}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNAL_DATA", raising=False)
    return tmp_path


def press(*arguments: Any) -> Result:
    return CliRunner().invoke(tokens, [str(argument) for argument in arguments])


def test_a_text_is_a_listed_name_or_a_file(journal: Path) -> None:
    (journal / "a.txt").write_text("some text", encoding="utf-8")
    assert find_texts([NOVELLA, "a.txt"]) == [journal / "data" / f"{NOVELLA}.txt", Path("a.txt")]
    with pytest.raises(TextError, match="'nowhere' is no file and no text"):
        find_texts(["nowhere"])


def test_a_trained_encoding_is_found_by_its_name(journal: Path) -> None:
    path, encoding = train_encoding([NOVELLA], "small", 300)
    assert path == journal / "data" / "small.bpe" and find_encoding("small") == find_encoding(
        str(path)
    ) == str(path)
    assert BytePairEncoding.load(path).merges == encoding.merges and encoding.specials == (
        "<|endoftext|>",
    )
    with pytest.raises(
        NoEncoding, match=r"no encoding 'large'; there are gpt2, small; learn one with"
    ):
        find_encoding("large")
    for name in ("small", "gpt2"):
        with pytest.raises(NoEncoding, match="is taken, and nothing is overwritten"):
            train_encoding([NOVELLA], name, 300)


def test_the_command_builds_shards_in_the_work_folder_and_finds_them_again(journal: Path) -> None:
    first, second = press("build", NOVELLA, "--jobs", 1), press("build", NOVELLA, "--jobs", 1)
    assert first.exit_code == 0 and first.output == second.output, first.output
    (folder,) = (journal / ".press" / "tokens").iterdir()
    assert (
        str(folder) in first.output.replace("\n", "")
        and "87,198 ids of 1 texts, 1 shards" in first.output
    )
    assert Shards(folder)[:-1].tolist() == load_gpt2().encode_ordinary(load_text(NOVELLA).content)


def test_the_command_learns_an_encoding_and_uses_it(journal: Path) -> None:
    learned = press("train", NOVELLA, "--name", "small", "--size", 300)
    assert learned.exit_code == 0 and "300 entries" in learned.output, learned.output
    built = press("build", NOVELLA, "--encoding", "small", "--output", journal / "out", "--jobs", 1)
    assert built.exit_code == 0, built.output
    own = BytePairEncoding.load(journal / "data" / "small.bpe")
    assert (
        own.decode(Shards(journal / "out")[:].tolist())
        == load_text(NOVELLA).content + "<|endoftext|>"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "nowhere"], "press: 'nowhere' is no file"),
        (["build", NOVELLA, "--encoding", "nothing"], "press: no encoding 'nothing'"),
        (["build", NOVELLA, "--output", "data"], "press: "),
        (["train", NOVELLA, "--name", "gpt2"], "press: 'gpt2' is taken"),
        (
            ["train", "data/texts.toml", "--name", "x", "--size", "9000"],
            "press: vocab_size is 9,000, but the text runs out",
        ),
    ],
)
def test_a_mistake_is_one_line_and_a_status(journal: Path, arguments: list[str], said: str) -> None:
    result = press(*arguments)
    assert (
        result.exit_code == 1 and result.output.startswith(said) and result.output.count("\n") == 1
    ), result.output


def test_fewer_than_one_process_is_an_error(journal: Path) -> None:
    with pytest.raises(ValueError, match="jobs is 0; give 1 or more"):
        build_tokens([NOVELLA], jobs=0)


def test_without_dask_a_cluster_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(module, "import_module", missing)
    with pytest.raises(
        NoCluster, match=r"dask is not installed.*pip install 'dask\[distributed\]'"
    ):
        on_cluster("tcp://127.0.0.1:1")


@pytest.mark.filterwarnings("default")  # dask's own warnings are not ours
def test_a_cluster_gives_the_shards_of_one_machine(journal: Path) -> None:
    distributed = pytest.importorskip(
        "distributed", reason="dask is optional: pip install 'dask[distributed]'"
    )
    options = {
        "n_workers": 1,
        "threads_per_worker": 2,
        "processes": False,
        "dashboard_address": None,
    }
    with distributed.LocalCluster(**options) as cluster:
        build_tokens(
            [NOVELLA],
            output=journal / "cluster",
            part_bytes=50_000,
            cluster=cluster.scheduler_address,
        )
    build_tokens([NOVELLA], output=journal / "here", part_bytes=50_000, jobs=1)
    assert (journal / "cluster" / INDEX).read_bytes() == (journal / "here" / INDEX).read_bytes()
    for shard in Shards(journal / "cluster").index["shards"]:
        content = (journal / "cluster" / shard["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == shard["sha256"]
