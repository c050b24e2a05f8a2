"""The cache: every kind comes back as it was, torn and damaged entries are misses, clean-ups spare what is in use."""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from soundwright.orchestrator.cache import Cache
from soundwright.orchestrator.errors import CacheDamaged
from soundwright.orchestrator.stored import StoredAsset
from soundwright.tools.assets import (
    Asset,
    Audio,
    Event,
    Events,
    Image,
    Note,
    Notes,
    Part,
    Scores,
    Speech,
    Stems,
    Text,
    Transcript,
    Voice,
    Word,
    content_hash,
)

RECORD = {"tool": "null", "version": "1", "seconds": 0.5}


def key(name: str) -> str:
    return (name.encode().hex() * 64)[:64]


def noise(seed: int = 0, frames: int = 5000, channels: int = 1, tail: int = 0) -> Audio:
    samples = np.random.default_rng(seed).standard_normal((channels, frames)).astype(np.float32)
    return Audio(samples, 24000, tail)


def path_of(stored: StoredAsset) -> Path:
    assert stored.path is not None
    return stored.path


def entry_of(cache: Cache, name: str) -> Path:
    return cache.root / key(name)[:2] / key(name)[2:4] / f"{key(name)}.json"


ASSETS: list[Asset] = [
    noise(channels=2, tail=100),
    Speech(noise().samples, 24000, 7, "Ünïcode “text” 🎧", "de", (Word("Ünïcode", 0.0, 0.1), Word("text", 0.1, 0.2))),
    Speech(noise().samples, 24000, 0, "without times", "en", None),
    Text("only text\n{{ braces }}"),
    Image(b"\x89PNG\r\n\x1a\n and so on"),
    Transcript("hello", "en", (Word("hello", 0.0, 0.4),)),
    Transcript("hello"),
    Events((Event("rain", 0.0, 1.0, 0.25),)),
    Scores({"loudness_lufs": -23.125, "true_peak_dbtp": -1.0}),
    Notes((Part((Note(60, 0.0, 1.0, 80), Note(64, 0.5, 1.0)), 40, False, "violin"), Part((), 0, True))),
    Stems({"speech": noise(1), "music and more": noise(2)}),
    Voice("kokoro", bytes(range(256))),
]


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: type(asset).__name__)
def test_every_kind_comes_back_as_it_was(tmp_path: Path, asset: Asset) -> None:
    stored = Cache(tmp_path).put(key("a"), asset, RECORD)
    again = Cache(tmp_path).get(key("a"))
    assert again == stored
    assert again is not None
    assert again.kind is asset.kind
    assert type(again.load()) is type(asset)
    assert content_hash(again.load()) == again.content_hash == content_hash(asset)
    assert again.record == RECORD


def test_a_stored_sound_tells_what_the_timeline_needs(tmp_path: Path) -> None:
    words = (Word("hi", 0.0, 0.1),)
    stored = Cache(tmp_path).put(key("a"), Speech(noise().samples, 24000, 1000, "hi", "en", words), RECORD)
    assert (stored.rate, stored.channels, stored.frames, stored.tail) == (24000, 1, 5000, 1000)
    assert stored.length_s == pytest.approx(4000 / 24000)
    assert stored.words == words
    assert path_of(stored).suffix == ".wav"


def test_a_stored_sound_knows_its_loudness_without_the_tail(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    ringing = noise(frames=48000, tail=24000)
    ringing.samples[:, 24000:] *= 10
    (alone, silent, many) = (noise(frames=24000), Audio(np.zeros((1, 9), np.float32), 8000), noise(channels=4))
    alone.samples[:] = ringing.samples[:, :24000]
    stored = [cache.put(key(str(n)), sound, RECORD) for n, sound in enumerate((ringing, alone, silent, many))]
    assert stored[0].loudness_lufs == stored[1].loudness_lufs == pytest.approx(0.0, abs=6.0)
    assert stored[2].loudness_lufs is None
    assert stored[3].loudness_lufs is None


def test_an_unknown_key_is_a_miss(tmp_path: Path) -> None:
    assert Cache(tmp_path / "not" / "there").get(key("a")) is None


def test_the_first_asset_of_a_key_stays(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    first = cache.put(key("a"), noise(1), RECORD)
    assert cache.put(key("a"), noise(2), RECORD) == first


@pytest.mark.parametrize("keep", [0, 10, 20000, 20093], ids=lambda n: f"{n} bytes left")
def test_a_torn_sound_is_a_miss_and_is_made_again(tmp_path: Path, keep: int) -> None:
    cache = Cache(tmp_path)
    path = path_of(cache.put(key("a"), noise(), RECORD))
    path.write_bytes(path.read_bytes()[:keep])
    assert cache.get(key("a")) is None
    assert content_hash(cache.put(key("a"), noise(), RECORD).load()) == content_hash(noise())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', '{"format": 99}'])
def test_a_torn_entry_is_a_miss(tmp_path: Path, text: str) -> None:
    cache = Cache(tmp_path)
    cache.put(key("a"), noise(), RECORD)
    entry_of(cache, "a").write_text(text)
    assert cache.get(key("a")) is None
    cache.put(key("a"), noise(), RECORD)
    assert cache.get(key("a")) is not None


def test_a_missing_file_is_a_miss(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    path_of(cache.put(key("a"), noise(), RECORD)).unlink()
    assert cache.get(key("a")) is None


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x40
    path.write_bytes(data)


@pytest.mark.parametrize("at", [200, -3])
def test_a_flipped_bit_near_an_edge_is_a_miss(tmp_path: Path, at: int) -> None:
    cache = Cache(tmp_path)
    flip(path_of(cache.put(key("a"), noise(frames=100_000), RECORD)), at)
    assert cache.get(key("a")) is None


def test_a_flipped_bit_in_the_middle_is_found_when_loaded_and_by_verify(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(key("good"), noise(1), RECORD)
    flip(path_of(cache.put(key("a"), noise(frames=100_000), RECORD)), 200_000)
    stored = cache.get(key("a"))
    assert stored is not None
    with pytest.raises(CacheDamaged, match=r"has changed on disk.*made anew"):
        stored.load()
    assert cache.verify() == [key("a")]
    assert cache.get(key("a")) is None
    assert cache.get(key("good")) is not None
    assert cache.verify() == []


def test_clean_up_drops_what_was_unused_for_longest(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for n, name in enumerate(("a", "b", "c", "d")):
        cache.put(key(name), noise(n), RECORD)
        os.utime(entry_of(cache, name), (1000 + n, 1000 + n))
    assert cache.get(key("a")) is not None  # used now
    size = cache.info().bytes
    collected = cache.gc(size - 1)
    assert (collected.removed, collected.kept) == (1, 3)
    assert cache.get(key("b")) is None
    assert all(cache.get(key(name)) is not None for name in "acd")
    assert cache.info().bytes == collected.kept_bytes == size - collected.freed_bytes


def test_clean_up_to_nothing_leaves_no_file(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for name in ("a", "b"):
        cache.put(key(name), Stems({"x": noise(1), "y": noise(2)}), RECORD)
    cache.gc(0)
    assert cache.info().assets == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_clean_up_spares_what_a_running_render_touched(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(key("old"), noise(1), RECORD)
    os.utime(entry_of(cache, "old"), (1000, 1000))
    with cache.in_use():
        cache.put(key("new"), noise(2), RECORD)
        assert Cache(tmp_path).gc(0).removed == 1
        assert cache.get(key("new")) is not None
    assert Cache(tmp_path).gc(0).removed == 1


def test_tidying_happens_at_most_once_an_hour(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(key("a"), noise(), RECORD)
    collected = cache.tidy(0)
    assert collected is not None
    assert collected.removed == 1
    cache.put(key("a"), noise(), RECORD)
    assert cache.tidy(0) is None
    assert cache.get(key("a")) is not None
    os.utime(tmp_path / "tidied", (1000, 1000))
    assert cache.tidy(0) is not None


def _hold_and_die(root: Path, ready: Path) -> None:
    with Cache(root).in_use():
        ready.write_text("held")
        os.kill(os.getpid(), 9)


def test_a_mark_of_a_killed_process_does_not_count(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    process = multiprocessing.get_context("spawn").Process(target=_hold_and_die, args=(cache.root, tmp_path / "ready"))
    process.start()
    process.join()
    assert (tmp_path / "ready").exists()
    cache.put(key("a"), noise(), RECORD)
    assert cache.gc(0).removed == 1


def test_clean_up_removes_what_killed_processes_left(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    kept = path_of(cache.put(key("a"), noise(), RECORD))
    unfinished = tmp_path / "new" / "1-abc.wav"
    orphan = kept.with_name(f"{key('b')}.0123456789abcdef.0.wav")
    young = tmp_path / "new" / "2-abc.wav"
    for path in (unfinished, orphan, young):
        path.write_bytes(b"RIFF")
    for path in (unfinished, orphan):
        os.utime(path, (1000, 1000))
    cache.gc(10**9)
    assert [path.exists() for path in (kept, unfinished, orphan, young)] == [True, False, False, True]


def test_many_threads_may_store_one_key(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    stored: list[StoredAsset] = []
    # Different content under one key, as an engine without determinism gives it: entry and file must still fit.
    threads = [
        threading.Thread(target=lambda n=n: stored.append(cache.put(key("a"), noise(n), RECORD))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = cache.get(key("a"))
    assert final is not None
    assert len(stored) == 8
    for asset in (*stored, final):
        assert content_hash(asset.load()) == asset.content_hash


def _store(root: Path, seed: int) -> None:
    cache = Cache(root)
    for n in range(20):
        cache.put(key(f"k{n}"), noise(seed), RECORD).load()
        cache.gc(50_000)


def test_processes_may_store_and_clean_up_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_in_use_store, args=(tmp_path, seed)) for seed in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert Cache(tmp_path).verify() == []


def _in_use_store(root: Path, seed: int) -> None:
    with Cache(root).in_use():
        _store(root, seed)


def test_an_entry_is_readable_json(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(key("a"), Text("hello"), RECORD)
    entry = json.loads(entry_of(cache, "a").read_text())
    assert entry["value"] == {"text": "hello"}
    assert entry["record"] == RECORD
