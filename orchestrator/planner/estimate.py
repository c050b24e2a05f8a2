"""How long a script will last before anything is rendered, and what a plan costs in tokens and money.

Speech is estimated from its letters: languages carry information at similar rates, but at different numbers of
letters a second (Pellegrino, Coupé and Marsico, Language 87(3), 2011, compare syllables).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from soundwright.orchestrator.llm.ask import with_schema
from soundwright.orchestrator.llm.base import LanguageModel, Message
from soundwright.orchestrator.llm.tokens import estimate_messages
from soundwright.scripts_compiler.placement import Measured, own_length, place
from soundwright.scripts_compiler.script import ClipCue, Script, SoundCue, SpeechCue

# Letters and spaces a second, by language; CJK: characters a second. English, and the pauses, were fitted to 62 lines
# of the installed voices (14 % root mean square error for a line); the others follow the ratios of that paper.
LETTERS_PER_S = {"en": 20.0, "de": 18.5, "fr": 19.5, "es": 20.0, "it": 19.0, "pt": 19.0, "nl": 18.5}
OTHER_LETTERS_PER_S = 18.5
HAN_PER_S, KANA_PER_S, HANGUL_PER_S, DIGITS_PER_S = 5.2, 8.0, 6.0, 3.0
SENTENCE_PAUSE_S, COMMA_PAUSE_S, ENDS_S = 0.15, 0.17, 0.25
# Words a second including pauses, for telling a model how much to write.
WORDS_PER_S = {"en": 2.9, "de": 2.5, "fr": 2.9, "es": 2.9, "it": 2.7}
OTHER_WORDS_PER_S = 2.5
CHARACTERS_PER_S = {"zh": 4.6, "ja": 5.4, "th": 10.0}
SOUND_S = 3.0  # of a sound effect without a written length
CLIP_S = 5.0
VOCAL_S = {"laugh": 1.8, "chuckle": 1.2, "sigh": 1.4, "sob": 2.0, "cough": 1.0, "scream": 1.5, "hum": 2.0}
OTHER_VOCAL_S = 0.9
TOKENS_PER_S = 32.0  # of an answer, for each second of programme; most are fields of the strict form that are null
_SENTENCE = re.compile(r"[.!?…:;。！？]+(?=[\s\"”'’)]*\S)")
_COMMA = re.compile(r"[,，、–—]\s*(?=\S)")
# SmolLM2, whose small vocabulary cuts JSON finely, counts 14 % more tokens in the planner's prompt than the estimate.
_MARGIN = 1.2


def speech_s(text: str, language: str = "en", speed: float = 1.0) -> float:
    """Seconds that a text takes when spoken."""
    rate = LETTERS_PER_S.get(_primary(language), OTHER_LETTERS_PER_S)
    spoken = sum(_character_s(character, rate) for character in " ".join(text.split()))
    pauses = SENTENCE_PAUSE_S * len(_SENTENCE.findall(text)) + COMMA_PAUSE_S * len(_COMMA.findall(text))
    return max(0.25, (spoken + pauses + ENDS_S) / speed)


def _character_s(character: str, rate: float) -> float:
    if "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf":
        return 1 / HAN_PER_S
    if "\u3040" <= character <= "\u30ff":
        return 1 / KANA_PER_S
    if "\uac00" <= character <= "\ud7af":
        return 1 / HANGUL_PER_S
    if character.isdigit():
        return 1 / DIGITS_PER_S
    return 1 / rate if character == " " or unicodedata.category(character)[0] in "LM" else 0.0


def amount_of_speech(seconds: float, language: str) -> tuple[int, str]:
    """How much text fills so many seconds: a number and its unit, ``words`` or ``characters``."""
    primary = _primary(language)
    if primary in CHARACTERS_PER_S:
        return max(1, round(seconds * CHARACTERS_PER_S[primary])), "characters"
    return max(1, round(seconds * WORDS_PER_S.get(primary, OTHER_WORDS_PER_S))), "words"


def rate_lines(languages: Sequence[str]) -> list[str]:
    """For the prompt: how much is spoken in ten seconds of each language, languages of one rate together."""
    alike: dict[tuple[int, str], list[str]] = {}
    for language in languages:
        alike.setdefault(amount_of_speech(10, language), []).append(language)
    return [f"{' '.join(names)} {amount} {unit}" for (amount, unit), names in alike.items()]


Lengths = Callable[[Script, int], float]


def estimated_length(script: Script, index: int, clips: Mapping[str, float] | None = None) -> float:
    """Seconds of one sounding cue that has a length of its own."""
    cue = script.cues[index]
    if isinstance(cue, SpeechCue):
        if cue.vocal is not None:
            return VOCAL_S.get(cue.vocal, OTHER_VOCAL_S)
        voice = next((v for v in script.voices if v.name == cue.voice), None)
        language = cue.language or (voice.language if voice else None) or script.language
        return speech_s(cue.text, language, cue.speed) if isinstance(cue.text, str) else CLIP_S
    if isinstance(cue, ClipCue):
        whole = (clips or {}).get(cue.source, (cue.from_ or 0.0) + CLIP_S)
        return max(0.1, (whole if cue.to is None else cue.to) - (cue.from_ or 0.0))
    return cue.length or SOUND_S if isinstance(cue, SoundCue) else SOUND_S


def programme_s(script: Script, lengths: Lengths = estimated_length) -> float:
    """Seconds that the programme will last. ``lengths`` gives measured lengths where there are some.

    Raises:
        ScriptError: the script cannot be placed.
    """
    measured = {i: Measured(lengths(script, i)) for i in range(len(script.cues)) if own_length(script, i)}
    return place(script, measured).duration_s


# --- tokens and money ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan is likely to take. ``cost_usd`` is None where the model's price is not known."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None = None

    def __str__(self) -> str:
        money = "price unknown" if self.cost_usd is None else f"about ${self.cost_usd:.4f}"
        calls = f"{self.calls} call{'' if self.calls == 1 else 's'}"
        return f"{calls}, about {self.input_tokens:,} tokens in and {self.output_tokens:,} out, {money}"


def prompt_tokens(messages: Sequence[Message], schema: Mapping[str, Any]) -> int:
    """Tokens of a prompt with its schema written out, on the safe side: the estimate plus a fifth."""
    return math.ceil(_MARGIN * estimate_messages(message.content for message in with_schema(messages, schema)))


def answer_tokens(duration_s: float | None) -> int:
    """Tokens of a script of so many seconds, by default of two minutes."""
    return 300 + math.ceil(TOKENS_PER_S * (duration_s or 120.0))


def cost_of(model: LanguageModel, input_tokens: int, output_tokens: int) -> float | None:
    """US dollars, where the price is known; nothing for models that run here.

    Raises:
        ModelUnavailable: SOUNDWRIGHT_LLM_PRICE holds no price.
    """
    import os  # noqa: PLC0415

    from soundwright.orchestrator.llm.prices import cost, price  # noqa: PLC0415

    kind = model.name.partition(":")[0]
    if kind in {"gguf", "scripted"}:
        return cost(price(model.name, os.environ, listed=False) or (0.0, 0.0), input_tokens, output_tokens)
    return cost(price(model.name, os.environ, listed="@" not in model.name), input_tokens, output_tokens)


def _primary(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()
