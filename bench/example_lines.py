"""Every spoken line of the examples as a clip, listed for ``bench/wer.py`` and ``bench/voices.py``.

usage: python bench/example_lines.py FOLDER && python bench/wer.py FOLDER/clips.json
       python bench/voices.py FOLDER/voices.json      (needs resemblyzer)

Plans and casts each example, makes its assets, and writes the file of each line (after trimming and effects, before the
mix) beside its text into FOLDER/clips.json, beside its character into FOLDER/voices.json.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import soundwright as sw

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
STORIES = ("lighthouse.yaml", "cafe.yaml", "news.json5", "ferry.fountain", "visit.txt", "idea.txt")


def lines_of(example: str, folder: Path) -> list[dict[str, str]]:
    """The clips of one example."""
    source = shutil.copy(EXAMPLES / example, folder)
    document = sw.plan(str(source))
    (listing,) = sw.render(document, folder / f"{Path(example).stem}.flac", stop_after="assets").files
    rows = json.loads(listing.read_text(encoding="utf-8"))["assets"]
    return [
        {"wav": row["file"], "text": row["text"], "company": example, "voice": row["voice"]}
        for row in rows
        if row["type"] == "speech" and row["text"]
    ]


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    clips = [clip for example in STORIES for clip in lines_of(example, folder)]
    for name, keys in (("clips", ("wav", "text")), ("voices", ("company", "voice", "wav"))):
        rows = [{key: clip[key] for key in keys} for clip in clips]
        (folder / f"{name}.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{len(clips)} lines in {folder / 'clips.json'}")


if __name__ == "__main__":
    main()
