"""Speaks one text with Pico in a process of its own: ``{"text", "voice", "speed"}`` as JSON in, 16-bit PCM out.

The engine reads memory that it never wrote, so a second text in one process can sound different from a first one. A
new process starts from zeroed memory, and always gives the same. Standard library and the engine only.
"""

import json
import sys


def main() -> None:
    """Read the request, write the sound."""
    request = json.load(sys.stdin)
    from py_nanotts import NanoTTS  # noqa: PLC0415  the request comes first

    sys.stdout.buffer.write(NanoTTS().speak(request["text"], voice=request["voice"], speed=request["speed"]))


if __name__ == "__main__":
    main()
