"""Content credentials: written, read back, trusted or not, broken by a change, and refused clearly."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from soundwright.orchestrator import signing
from soundwright.orchestrator.cli import app
from soundwright.orchestrator.signing import SigningError
from soundwright.tools import audio_files
from soundwright.tools.assets import Audio

pytest.importorskip("c2pa", reason="the extra 'provenance' is not installed")
pytest.importorskip("cryptography", reason="certificates are made for these tests")


@dataclass(frozen=True)
class Pems:
    cert: Path
    key: Path
    root: Path


@pytest.fixture(scope="module", params=["es256", "ed25519"])
def pems(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pems:
    return make_pems(tmp_path_factory.mktemp("pems"), request.param)


def make_pems(folder: Path, kind: str) -> Pems:
    """A chain of an authority and a signer, as C2PA wants it."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    def new_key() -> ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey:
        return ec.generate_private_key(ec.SECP256R1()) if kind == "es256" else ed25519.Ed25519PrivateKey.generate()

    def named(text: str) -> x509.Name:
        return x509.Name([
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests"), x509.NameAttribute(NameOID.COMMON_NAME, text),
        ])  # fmt: skip

    def usage(**given: bool) -> x509.KeyUsage:
        names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                 "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
        return x509.KeyUsage(**{name: given.get(name, False) for name in names})

    now, digest = datetime.datetime.now(datetime.UTC), hashes.SHA256() if kind == "es256" else None
    root_key, key = new_key(), new_key()

    def certificate(subject: str, public: object, is_root: bool) -> x509.Certificate:
        made = (
            x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named("Test root"))
            .public_key(public).serial_number(x509.random_serial_number())  # type: ignore[arg-type]  # of either kind
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)  # type: ignore[arg-type]  # as above
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        )  # fmt: skip
        made = made.add_extension(
            usage(key_cert_sign=True, crl_sign=True) if is_root else usage(digital_signature=True), critical=True
        )
        if not is_root:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        return made.sign(root_key, digest)

    pem = serialization.Encoding.PEM
    root, own = (certificate("Test root", root_key.public_key(), True).public_bytes(pem),
                 certificate("Test signer", key.public_key(), False).public_bytes(pem))  # fmt: skip
    files = Pems(folder / "cert.pem", folder / "key.pem", folder / "root.pem")
    files.cert.write_bytes(own + root)
    files.root.write_bytes(root)
    files.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return tone(tmp_path / "story.wav")


def tone(path: Path) -> Path:
    samples = 0.2 * np.sin(np.arange(48000) * 0.05)[None]
    return audio_files.write(path, Audio(samples.astype(np.float32), 48000))


MADE = {
    "title": "Rain",
    "assets": [{"nodes": [
        {"op": "speak", "tool": "kokoro", "version": "1", "weights": {"k.onnx": "ab"}, "licence": {"code": "MIT"}},
        {"op": "generate_sound", "tool": "procedural-sound", "version": "2", "weights": {}, "licence": {"weights": ""}},
        {"op": "gain", "tool": "signal", "version": "1", "weights": {}},
    ]}],
}  # fmt: skip


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3"])
def test_a_signed_file_says_what_made_it_and_plays_as_before(suffix: str, pems: Pems, tmp_path: Path) -> None:
    path = tone(tmp_path / f"story{suffix}")
    (tmp_path / "story.manifest.json").write_text(json.dumps(MADE))
    before = audio_files.read(path)
    out = signing.sign(path, signing.credentials(pems.cert, pems.key), out=tmp_path / f"signed{suffix}")
    found = signing.verify(out)
    assert (found.state, found.issuer, found.source) == ("valid", "Test signer", "compositeWithTrainedAlgorithmicMedia")
    assert found.generator.startswith("Soundwright ")
    assert found.tools == ("kokoro 1", "procedural-sound 2", "signal 1")
    assert signing.verify(out, pems.root).state == "trusted"
    assert np.array_equal(audio_files.read(out).samples, before.samples)
    assert signing.verify(path).state == "none"
    assert {p.name for p in tmp_path.iterdir()} == {f"signed{suffix}", "story.manifest.json", f"story{suffix}"}


def test_a_changed_file_is_found_out(pems: Pems, sound: Path) -> None:
    signing.sign(sound, signing.credentials(pems.cert, pems.key))
    assert signing.verify(sound).state == "valid"
    data = bytearray(sound.read_bytes())
    data[5000] ^= 0xFF
    sound.write_bytes(data)
    found = signing.verify(sound)
    assert found.state == "invalid"
    assert found.problems


def test_an_unknown_authority_is_not_trusted(pems: Pems, sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = make_pems(folder, "es256")
    signing.sign(sound, signing.credentials(pems.cert, pems.key))
    assert signing.verify(sound, other.root).state == "valid"


@pytest.mark.parametrize(
    ("nodes", "source"),
    [
        ([], "trainedAlgorithmicMedia"),
        ([{"op": "speak", "weights": {"a": "b"}}, {"op": "gain"}], "trainedAlgorithmicMedia"),
        ([{"op": "speak", "weights": {"a": "b"}}, {"op": "load_file"}], "compositeWithTrainedAlgorithmicMedia"),
        ([{"op": "generate_sound", "licence": {"weights": ""}}], "algorithmicMedia"),
        ([{"op": "generate_sound"}, {"op": "load_file"}], "compositeSynthetic"),
        ([{"op": "load_file"}, {"op": "gain"}], "compositeCapture"),
    ],
)  # fmt: skip
def test_the_source_type_fits_what_was_used(nodes: list[dict[str, object]], source: str) -> None:
    assert signing.source_type(nodes) == source


def test_what_cannot_be_signed_is_refused_and_nothing_is_left(pems: Pems, sound: Path, tmp_path: Path) -> None:
    who = signing.credentials(pems.cert, pems.key)
    folder = tmp_path / "other"
    folder.mkdir()
    wrong = signing.credentials(pems.cert, make_pems(folder, "es256" if who.algorithm == "ed25519" else "ed25519").key)
    before = sound.read_bytes()
    for attempt, message in (
        (lambda: signing.sign(sound, wrong), "could not be signed"),
        (lambda: signing.sign(tmp_path / "no.wav", who), "no such file"),
        (lambda: signing.sign(sound, who, out=tmp_path / "x.ogg"), "carry no record"),
        (lambda: signing.sign(sound, who, out=tmp_path / "x.mp3"), "changes no format"),
        (lambda: signing.credentials(pems.cert, None), "--key"),
        (lambda: signing.credentials(pems.key, pems.key), "holds no certificate"),
        (lambda: signing.credentials(sound, pems.key), "no PEM file"),
    ):
        with pytest.raises(SigningError, match=message):
            attempt()
    assert sound.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["other", "story.wav"]


def test_the_key_is_shown_nowhere(pems: Pems) -> None:
    who = signing.credentials(pems.cert, pems.key)
    assert pems.key.read_text().splitlines()[1] not in repr(who)


def test_the_command_line_signs_and_checks(pems: Pems, sound: Path, home: Path) -> None:
    del home
    run = CliRunner()
    assert run.invoke(app, ["verify-signature", str(sound)]).exit_code == 3
    assert run.invoke(app, ["sign", str(sound)]).exit_code == 2
    assert run.invoke(app, ["sign", str(sound), "--cert", str(pems.cert), "--key", str(pems.key)]).exit_code == 0
    done = run.invoke(app, ["verify-signature", str(sound), "--trust", str(pems.root), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["state"] == "trusted"


def test_a_render_is_signed_with_the_certificate_of_the_settings(
    pems: Pems, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del home
    script = tmp_path / "rain.yaml"
    script.write_text("version: 1\ncues:\n  - {type: sound, description: rain, length: 1}\n")
    run, out = CliRunner(), tmp_path / "rain.wav"
    assert run.invoke(app, ["render", str(script), "-o", str(out), "--sign", "-q"]).exit_code == 2
    assert not out.exists()
    monkeypatch.setenv("SOUNDWRIGHT_SIGN_CERT", str(pems.cert))
    monkeypatch.setenv("SOUNDWRIGHT_SIGN_KEY", str(pems.key))
    ogg = run.invoke(app, ["render", str(script), "-o", str(tmp_path / "rain.ogg"), "--sign", "-q"])
    assert ogg.exit_code == 2
    assert run.invoke(app, ["render", str(script), "-o", str(out), "--sign", "-q"]).exit_code == 0
    found = signing.verify(out)
    assert (found.state, found.source) == ("valid", "algorithmicMedia")
    assert any(tool.startswith("procedural-sound") for tool in found.tools)
