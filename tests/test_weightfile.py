"""Published weights from a file, an address and a hub (a server on this machine): whole, once, or
one line that says why.
"""

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from press.cli.workbench import weights as command
from scratch.model.config import GPTConfig
from scratch.model.gpt import GPTModel
from scratch.model.gpt2_layout import BadWeights, to_gpt2
from scratch.model.tensor_file import write_tensors
from workbench import weights
from workbench.download import DownloadFailed
from workbench.weights import get_weights

CONFIG = GPTConfig(vocab_size=61, context_length=10, emb_dim=128, n_heads=2, n_layers=2)


class Hub:
    """What the server has, and what it was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.address = ""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.asked.append(self.path)
            body = hub.files.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        hub.address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        yield hub
        server.shutdown()
        thread.join()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    model = GPTModel(CONFIG, torch.Generator().manual_seed(0))
    write_tensors(tmp_path / "small.safetensors", to_gpt2(model))
    return tmp_path / "small.safetensors"


def test_a_file_of_ones_own_is_read_where_it_is(file: Path, tmp_path: Path) -> None:
    path, model = get_weights(str(file), tmp_path / ".press")
    assert (path, model.config) == (file, CONFIG)
    assert not (tmp_path / ".press").exists()


def test_a_model_of_the_hub_is_downloaded_once_by_its_name(
    hub: Hub, file: Path, tmp_path: Path
) -> None:
    hub.files["/somebody/small-gpt/resolve/main/model.safetensors"] = file.read_bytes()
    for _ in range(2):
        path, model = get_weights("somebody/small-gpt", tmp_path)
        assert path == tmp_path / "weights" / "somebody--small-gpt.safetensors"
        assert path.read_bytes() == file.read_bytes()
        assert model.config == CONFIG
    assert hub.asked == ["/somebody/small-gpt/resolve/main/model.safetensors"]


def test_an_address_is_downloaded_too(hub: Hub, file: Path, tmp_path: Path) -> None:
    hub.files["/a/b.safetensors"] = file.read_bytes()
    path, model = get_weights(f"{hub.address}/a/b.safetensors", tmp_path, n_heads=4)
    assert path.parent == tmp_path / "weights"
    assert model.config.n_heads == 4


@pytest.mark.parametrize(
    ("sent", "error", "message"),
    [
        (
            None,
            DownloadFailed,
            (
                r"model\.safetensors cannot be downloaded .*Not Found.*; check the address, or give"
                r" a file"
            ),
        ),
        (
            b"<html>",
            BadWeights,
            r"http.*model\.safetensors is no whole safetensors file .*; fetch it again",
        ),
        (
            b"x" * 2_000,
            DownloadFailed,
            "sends more than 1,000 bytes; give the weights of one GPT-2",
        ),
    ],
)
def test_a_bad_answer_of_the_hub_is_named_and_leaves_nothing_behind(
    hub: Hub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sent: bytes | None,
    error: type[Exception],
    message: str,
) -> None:
    monkeypatch.setattr(weights, "LARGEST", 1_000)
    if sent is not None:
        hub.files["/a/b/resolve/main/model.safetensors"] = sent
    with pytest.raises(error, match=message):
        get_weights("a/b", tmp_path)
    assert list((tmp_path / "weights").iterdir()) == []


def test_the_command_says_what_the_weights_are(hub: Hub, file: Path) -> None:
    result = CliRunner().invoke(command, [str(file)])
    assert result.exit_code == 0, result.output
    counted = f"{sum(CONFIG.parameters().values()):,}"
    said = (
        f"{file}: {counted} parameters, 2 blocks of 2 heads, 128 wide, 61 entries, 10 tokens of"
        " context."
    )
    assert result.output.splitlines()[0] == said
    assert hub.asked == []


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "a/b",
            (
                r"/a/b/resolve/main/model\.safetensors cannot be downloaded \(.*\); check the"
                r" address, or give a file"
            ),
        ),
        ("no such file", "no such file is no file here, no URL, and no OWNER/NAME of a hub"),
        ("ftp://host/model.safetensors", "ftp://.* is no URL of http or https"),
    ],
)
def test_without_internet_or_with_a_wrong_name_the_command_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str
) -> None:
    (tmp_path / "_quarto.yml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")  # nobody answers there
    result = CliRunner().invoke(command, [source])
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("press: ")
    assert re.search(message, line)
