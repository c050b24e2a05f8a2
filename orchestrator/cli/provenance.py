"""Commands about where a sound comes from: sign it, and check what a file says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soundwright.orchestrator.cli.edge import emit, guarded, say

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("sign")(sign)
    app.command("verify-signature")(verify_signature)


@guarded
def sign(
    file: Annotated[Path, typer.Argument(help="A sound file (.wav .mp3 .flac .m4a).")],
    cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM), your own first.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key (PEM).")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The signed file; by default FILE itself.")] = None,
) -> None:
    """Write content credentials (C2PA) into a file: that it is generated, and by which tools."""
    from soundwright.orchestrator import signing  # noqa: PLC0415
    from soundwright.orchestrator.config import load_config  # noqa: PLC0415

    config = load_config()
    who = signing.credentials(cert or config.sign_cert, key or config.sign_key)
    say(f"signed: {signing.sign(file, who, out=out)}")


@guarded
def verify_signature(
    file: Annotated[Path, typer.Argument(help="A sound file.")],
    trust: Annotated[Path | None, typer.Option(help="Authorities that you trust (PEM).")] = None,
    as_json: Json = False,
) -> None:
    """Read and check the content credentials of a file. Exit code 3 where there are none or they are wrong."""
    from soundwright.orchestrator import reports, signing  # noqa: PLC0415

    found = signing.verify(file, trust)
    emit(found.to_json(), as_json=as_json, text=reports.sheet(found.to_json()))
    if found.state in {"none", "invalid"}:
        raise typer.Exit(3)
