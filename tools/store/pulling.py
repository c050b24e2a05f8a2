"""Pulling models: licences and room first, then several files at once, each checked, each with its progress."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from soundwright.tools.errors import ToolMissing
from soundwright.tools.store import record, tokens
from soundwright.tools.store.fetch import INCOMING, Fetcher, NoRoom, PullFailed
from soundwright.tools.store.hub import Tree, read_tree, source_of
from soundwright.tools.store.listing import Hub, Model, ModelFile, UrlSource
from soundwright.tools.store.pip_settings import read_settings
from soundwright.tools.store.web import Refused, SourceFailed, Web

AT_ONCE = 4
_SPARE_BYTES = 64 << 20
_MOST_PATIENCE_S = 30.0  # for one read: the next source may be better


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is: bytes for ``file`` that have arrived; of ``total``, or of None where an archive brings it."""

    model: str
    file: str
    done: int
    total: int | None


Tell = Callable[[PullProgress], None]


@dataclass
class Puller:
    """Brings models into ``root``. ``is_good(path, file)`` says whether a file is there and right.

    ``cancelled`` is asked while bytes arrive; ``environ`` names the hub and its token.
    """

    root: Path
    is_good: Callable[[Path, ModelFile], bool]
    cancelled: Callable[[], bool] = lambda: False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def pull(self, models: Sequence[Model], tell: Tell) -> None:
        """Bring all files of ``models`` that are not there, ``AT_ONCE`` at a time.

        Raises:
            ToolMissing: no source could serve a file, the hub refused, or there is no room.
            Cancelled: ``cancelled`` said so; what arrived is kept.
        """
        with contextlib.ExitStack() as stack:
            for model in sorted(models, key=lambda model: model.name):  # one order in all processes: no deadlock
                (self.root / model.name).mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(self.root / model.name / ".lock"))
            jobs = [job for job in map(self._job, models) if job.files or job.tree is not None]
            self._check_room(jobs)
            self._run(jobs, tell)

    def _job(self, model: Model) -> _Job:
        """What is missing of a model; a hub is asked what the model is made of."""
        folder, web, tree = self.root / model.name, self._web(model), None
        files = model.files
        if model.hub is not None:
            known = record.read(folder)
            if known is None or not of_hub(known, model.hub):
                tree = self._tree(model, model.hub, web)
                files = tree.files
            else:
                address = tokens.endpoint(self.environ)
                files = from_record(known, model.hub, address)
        missing = tuple(file for file in files if not self.is_good(folder / file.name, file))
        return _Job(model, folder, web, missing, tree)

    def _tree(self, model: Model, hub: Hub, web: Web) -> Tree:
        try:
            return read_tree(hub, tokens.endpoint(self.environ), web)
        except Refused as failure:
            raise ToolMissing(_refused(model, failure)) from failure
        except SourceFailed as failure:
            raise ToolMissing(f"The model {model.name} could not be fetched. {failure}") from failure

    def _web(self, model: Model) -> Web:
        settings = read_settings()
        mine = tokens.tokens(self.environ) if model.hub is not None else {}
        return Web(settings.cert, min(settings.timeout_s, _MOST_PATIENCE_S), mine)

    def _check_room(self, jobs: Sequence[_Job]) -> None:
        needed = sum(_room_for(file) for job in jobs for file in job.files) - sum(map(_arrived, jobs))
        if not jobs:
            return
        free = shutil.disk_usage(self.root).free
        if needed + _SPARE_BYTES > free:
            names = ", ".join(job.model.name for job in jobs)
            raise NoRoom(
                f"There is no room for {names}: {needed / 1e9:.1f} GB are to come, {free / 1e9:.1f} GB are free in "
                f"{self.root}. Make room (soundwright models gc, soundwright cache gc), or set SOUNDWRIGHT_HOME."
            )

    def _run(self, jobs: Sequence[_Job], tell: Tell) -> None:
        stop, guard = threading.Event(), threading.Lock()

        def report(progress: PullProgress) -> None:
            with guard:
                tell(progress)

        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pull")
        work: dict[Future[str], tuple[_Job, ModelFile]] = {}
        try:
            for job in jobs:
                fetcher = job.fetcher = Fetcher(
                    job.folder, read_settings(), job.web, lambda: stop.is_set() or self.cancelled()
                )
                for file in job.files:
                    work[pool.submit(_fetch, fetcher, job, file, report)] = (job, file)
            done, _ = wait(work, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
        for job in jobs:
            if job.tree is not None:
                _keep(job, {file.name: future.result() for future, (of, file) in work.items() if of is job})
            if job.fetcher is not None:
                job.fetcher.close()


@dataclass(eq=False)
class _Job:
    model: Model
    folder: Path
    web: Web
    files: tuple[ModelFile, ...]
    tree: Tree | None
    fetcher: Fetcher | None = None


def of_hub(known: record.Record, hub: Hub) -> bool:
    """Whether a record is of the revision that is asked for now."""
    return known.origin == "hub" and (known.repo, known.revision) == (hub.repo, hub.revision)


def from_record(known: record.Record, hub: Hub, address: str) -> tuple[ModelFile, ...]:
    """A recorded model's files with where they came from, so that what was lost can be fetched again."""
    return tuple(replace(file, sources=(source_of(hub, address, known.commit, file.name),)) for file in known.files)


@contextlib.contextmanager
def locked(path: Path, *, wait_for_it: bool = True) -> Iterator[bool]:
    """One process at a time, where the system has file locks; elsewhere atomic renames alone keep files whole.

    Gives False at once where another process holds the lock and ``wait_for_it`` is off.
    """
    try:
        import fcntl  # noqa: PLC0415  not on Windows
    except ImportError:
        yield True
        return
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait_for_it else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _fetch(fetcher: Fetcher, job: _Job, file: ModelFile, tell: Tell) -> str:
    total = file.size if _comes_plain(file) else None

    def report(done: int) -> None:
        tell(PullProgress(job.model.name, file.name, done, total))

    try:
        return fetcher.fetch(file, job.folder / file.name, report)
    except PullFailed as failure:
        text = _refused(job.model, failure) if _is_refusal(failure) else str(failure)
        raise ToolMissing(f"The model {job.model.name} could not be fetched. {text}") from failure


def _keep(job: _Job, hashes: Mapping[str, str]) -> None:
    """Note the hashes of what came: from now on they are what is right."""
    tree, hub = job.tree, job.model.hub
    if tree is None or hub is None:
        return
    files = tuple(replace(file, sha256=hashes.get(file.name, file.sha256), sources=()) for file in tree.files)
    date = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    made = record.Record("hub", files, date, "", hub.repo, hub.revision, tree.commit, job.model.licence)
    record.write(job.folder, made)


def _room_for(file: ModelFile) -> int:
    """Bytes that a file takes while it is fetched: out of an archive, twice."""
    return file.size * (1 if _comes_plain(file) else 2)


def _comes_plain(file: ModelFile) -> bool:
    first = file.sources[0] if file.sources else None
    return isinstance(first, UrlSource) and not first.members


def _arrived(job: _Job) -> int:
    """Bytes of earlier tries that are there already."""
    folder = job.folder / INCOMING
    return sum(path.stat().st_size for path in folder.iterdir()) if folder.is_dir() else 0


def _is_refusal(failure: PullFailed) -> bool:
    return ": 401 " in str(failure) or ": 403 " in str(failure)


def _refused(model: Model, failure: Exception) -> str:
    where = model.licence_url or model.homepage
    return (
        f"{failure}. The hub gives it only to those who accepted its terms there{f' ({where})' if where else ''}: "
        f"do so, make a token with the right to read, and set {tokens.TOKEN}."
    )
