"""Content credentials (C2PA): a signed record inside a sound file of what made it. See c2pa.org, specification 2."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from soundwright.scripts_compiler.errors import SoundwrightError

if TYPE_CHECKING:
    from soundwright.orchestrator.config import Config

MIMES: Mapping[str, str] = {
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
}
"""Files that can carry a record; Ogg has no place for one."""
_KEY_KINDS = (
    (bytes.fromhex("06082a8648ce3d030107"), "es256"),
    (bytes.fromhex("06052b81040022"), "es384"),
    (bytes.fromhex("06052b81040023"), "es512"),
    (bytes.fromhex("06032b6570"), "ed25519"),
    (bytes.fromhex("06092a864886f70d010101"), "ps256"),
)
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MAX_PEM_BYTES = 1_000_000


class SigningError(SoundwrightError):
    """A file that cannot be signed, or a certificate or key that cannot be used; nothing half is left."""


class SigningMissing(SigningError):
    """The package that signs is not installed."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Credentials:
    """``certificates`` is a PEM chain, the signer's own first; ``algorithm`` is what its key can do."""

    certificates: str
    key: str
    algorithm: str

    def __repr__(self) -> str:
        return f"Credentials({self.algorithm})"  # the key is shown nowhere


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file says of itself: ``state`` is trusted, valid (signer unknown), invalid or none."""

    state: str
    issuer: str = ""
    generator: str = ""
    source: str = ""
    tools: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "state": self.state, "issuer": self.issuer, "generator": self.generator, "source": self.source,
            "tools": list(self.tools), "problems": list(self.problems),
        }  # fmt: skip


def credentials(certificate: Path | None, key: Path | None) -> Credentials:
    """Read a certificate chain and its key, both PEM files.

    Raises:
        SigningError: one is not named, not there, or not what it should be.
    """
    if certificate is None or key is None:
        raise SigningError(
            "Signing needs a certificate and its key: --cert and --key, or sign_cert and sign_key in config.toml"
        )
    chain, secret = _pem(certificate, "CERTIFICATE"), _pem(key, "PRIVATE KEY")
    return Credentials(chain, secret, _algorithm(key, secret))


def from_config(config: Config) -> Credentials:
    """The certificate and key that the settings name.

    Raises:
        SigningError: they name none, or one that cannot be used.
    """
    return credentials(config.sign_cert, config.sign_key)


def check_signable(path: Path) -> None:
    """Refuse a file before any work is done.

    Raises:
        SigningError: files of that ending cannot carry a record.
        SigningMissing: the package that signs is not installed.
    """
    if path.suffix.lower() not in MIMES:
        raise SigningError(f"{path}: files ending in {path.suffix or 'nothing'} carry no record; use {' '.join(MIMES)}")
    _c2pa()


def sign(path: Path, who: Credentials, *, out: Path | None = None, made: Mapping[str, Any] | None = None) -> Path:
    """Sign ``path``, to ``out`` or in place. ``made`` is the manifest of its render, by default ``NAME.manifest.json``.

    Raises:
        SigningError: it cannot be signed; the file stays as it was and nothing half is left.
        SigningMissing: the package that signs is not installed.
    """
    target = out or path
    for each in (path, target):
        check_signable(each)
    if path.suffix.lower() != target.suffix.lower():
        raise SigningError(f"{target}: signing changes no format; name a file ending in {path.suffix}")
    if not path.is_file():
        raise SigningError(f"{path}: there is no such file; check the name")
    record = json.dumps(_record(target, made if made is not None else read_made(path)))
    part = target.with_name(f".{target.stem}.{uuid.uuid4().hex}{target.suffix}")
    try:
        _write(path, part, record, who)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return target


def verify(path: Path, anchors: Path | None = None) -> Signature:
    """Read and check a file's record; ``anchors`` is a PEM file of authorities that are trusted.

    Raises:
        SigningError: the file cannot be read.
        SigningMissing: the package that signs is not installed.
    """
    check_signable(path)
    if not path.is_file():
        raise SigningError(f"{path}: there is no such file; check the name")
    c2pa = _c2pa()
    trust: dict[str, Any] = {"verify": {"verify_trust": anchors is not None}}
    if anchors is not None:
        trust["trust"] = {"user_anchors": _pem(anchors, "CERTIFICATE")}
    try:
        with c2pa.Context.from_dict(trust) as context, path.open("rb") as file:
            reader = c2pa.Reader(MIMES[path.suffix.lower()], file, context=context)
            with reader:
                return _signature(json.loads(reader.json()))
    except c2pa.C2paError.ManifestNotFound:
        return Signature("none")
    except c2pa.C2paError as error:
        return Signature("invalid", problems=(str(error),))


def read_made(path: Path) -> Mapping[str, Any]:
    """The manifest beside a sound file, empty where there is none."""
    beside = path.with_name(f"{path.stem}.manifest.json")
    try:
        found = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _c2pa() -> Any:  # noqa: ANN401  a package without type information
    try:
        import c2pa  # noqa: PLC0415  an optional package
    except ImportError as error:
        raise SigningMissing("Signing needs c2pa-python. Run: pip install 'soundwright[provenance]'") from error
    return c2pa


def _write(path: Path, part: Path, record: str, who: Credentials) -> None:
    c2pa = _c2pa()
    try:
        info = c2pa.C2paSignerInfo(who.algorithm, who.certificates.encode(), who.key.encode(), None)
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(record) as builder:
            builder.sign_file(path, part, signer)
    except (c2pa.C2paError, ValueError) as error:
        raise SigningError(f"{path}: could not be signed ({error}); check certificate, key and file") from error


def _record(path: Path, made: Mapping[str, Any]) -> dict[str, Any]:
    """What is said: that the sound was generated, how far, and by which tools."""
    from soundwright import __version__  # noqa: PLC0415  the package's front imports us

    nodes = list(_nodes(made))
    action = {
        "action": "c2pa.created",
        "digitalSourceType": _SOURCE + source_type(nodes),
        "softwareAgent": {"name": "Soundwright", "version": __version__},
    }
    assertions: list[dict[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]
    if nodes:
        assertions.append({"label": "org.soundwright.tools", "data": {"tools": _tools(nodes)}})
    return {
        "claim_generator_info": [{"name": "Soundwright", "version": __version__}],
        "title": str(made.get("title") or path.name),
        "format": MIMES[path.suffix.lower()],
        "assertions": assertions,
    }


def source_type(nodes: Sequence[Mapping[str, Any]]) -> str:
    """The digital source type of IPTC that fits what the nodes are; where nothing is known, the one that says most.

    Trained models alone, algorithms alone, or a composite where recordings or algorithms stand beside models.
    """
    makers = [node for node in nodes if not node.get("op", "").startswith(("load_", "pick_")) and _makes(node)]
    trained = [node for node in makers if _is_trained(node)]
    recorded = any(node.get("op") == "load_file" for node in nodes)
    if not nodes or (trained and len(trained) == len(makers) and not recorded):
        return "trainedAlgorithmicMedia"
    if trained:
        return "compositeWithTrainedAlgorithmicMedia"
    return "compositeCapture" if recorded and not makers else "compositeSynthetic" if recorded else "algorithmicMedia"


def _makes(node: Mapping[str, Any]) -> bool:
    """Whether a node brings sound into being, rather than treats what is there."""
    return str(node.get("op", "")).startswith(("speak", "generate_", "vocalise", "sing", "render_notes", "continue_",
                                               "inpaint", "convert_voice", "translate_speech", "vary"))  # fmt: skip


def _is_trained(node: Mapping[str, Any]) -> bool:
    licence = node.get("licence")
    weights = licence.get("weights") if isinstance(licence, dict) else ""
    return bool(node.get("weights") or weights)


def _nodes(made: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    assets = made.get("assets")
    rows = assets if isinstance(assets, list) else []
    return [node for row in rows if isinstance(row, dict) for node in row.get("nodes", ()) if isinstance(node, dict)]


def _tools(nodes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each tool once, with what it did, its licences and the hashes of its weights."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for node in nodes:
        key = (str(node.get("tool", "")), str(node.get("version", "")))
        row = found.setdefault(key, {
            "name": key[0], "version": key[1], "operations": [], "licence": node.get("licence") or {},
            "weights": node.get("weights") or {},
        })  # fmt: skip
        if node.get("op") not in row["operations"]:
            row["operations"].append(node.get("op"))
    return [found[key] for key in sorted(found)]


def _signature(found: Mapping[str, Any]) -> Signature:
    active = found.get("manifests", {}).get(found.get("active_manifest"), {})
    state = str(found.get("validation_state", "Invalid")).lower()
    signer = active.get("signature_info") or {}
    generator = (active.get("claim_generator_info") or [{}])[0]
    data = {row.get("label"): row.get("data") or {} for row in active.get("assertions", ())}
    actions = next((d.get("actions", ()) for label, d in data.items() if str(label).startswith("c2pa.actions")), ())
    source = next((a["digitalSourceType"] for a in actions if a.get("digitalSourceType")), "")
    failures = (found.get("validation_results") or {}).get("activeManifest", {}).get("failure", ())
    return Signature(
        state,
        str(signer.get("common_name") or signer.get("issuer") or ""),
        " ".join(str(generator.get(name, "")) for name in ("name", "version")).strip(),
        str(source).rpartition("/")[2],
        tuple(f"{t.get('name')} {t.get('version')}" for t in data.get("org.soundwright.tools", {}).get("tools", ())),
        tuple(str(f.get("explanation") or f.get("code")) for f in failures),
    )


def _pem(path: Path, kind: str) -> str:
    try:
        if path.stat().st_size > _MAX_PEM_BYTES:
            raise SigningError(f"{path}: is too large for a PEM file")
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SigningError(f"{path}: is no PEM file that can be read ({error})") from error
    if not re.search(rf"-----BEGIN [A-Z ]*{kind}-----", text):
        raise SigningError(f"{path}: holds no {kind.lower()} in PEM form")
    return text


def _algorithm(path: Path, key: str) -> str:
    """What a private key can do, by the name of its kind inside."""
    if "ENCRYPTED" in key:
        raise SigningError(f"{path}: the key is encrypted; give one that is not, readable by you alone")
    body = "".join(re.findall(r"-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)-----END", key)[:1])
    try:
        data = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as error:
        raise SigningError(f"{path}: is damaged ({error})") from error
    kind = next((name for mark, name in _KEY_KINDS if mark in data), "ps256" if "RSA PRIVATE" in key else "")
    if not kind:
        raise SigningError(f"{path}: is of a kind that C2PA does not know; use EC P-256, Ed25519 or RSA")
    return kind
