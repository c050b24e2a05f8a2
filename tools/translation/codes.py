"""Languages as translation networks call them."""

from __future__ import annotations

from soundwright.tools.errors import ToolError

# BCP 47 -> FLORES-200 (NLLB), ISO 639-3 (SeamlessM4T)
_CODES = {
    "ar": ("arb_Arab", "arb"), "bg": ("bul_Cyrl", "bul"), "ca": ("cat_Latn", "cat"), "cs": ("ces_Latn", "ces"),
    "da": ("dan_Latn", "dan"), "de": ("deu_Latn", "deu"), "el": ("ell_Grek", "ell"), "en": ("eng_Latn", "eng"),
    "es": ("spa_Latn", "spa"), "et": ("est_Latn", "est"), "fa": ("pes_Arab", "pes"), "fi": ("fin_Latn", "fin"),
    "fr": ("fra_Latn", "fra"), "he": ("heb_Hebr", "heb"), "hi": ("hin_Deva", "hin"), "hr": ("hrv_Latn", "hrv"),
    "hu": ("hun_Latn", "hun"), "id": ("ind_Latn", "ind"), "it": ("ita_Latn", "ita"), "ja": ("jpn_Jpan", "jpn"),
    "ko": ("kor_Hang", "kor"), "lt": ("lit_Latn", "lit"), "lv": ("lvs_Latn", "lvs"), "nl": ("nld_Latn", "nld"),
    "no": ("nob_Latn", "nob"), "pl": ("pol_Latn", "pol"), "pt": ("por_Latn", "por"), "ro": ("ron_Latn", "ron"),
    "ru": ("rus_Cyrl", "rus"), "sk": ("slk_Latn", "slk"), "sl": ("slv_Latn", "slv"), "sr": ("srp_Cyrl", "srp"),
    "sv": ("swe_Latn", "swe"), "sw": ("swh_Latn", "swh"), "th": ("tha_Thai", "tha"), "tr": ("tur_Latn", "tur"),
    "uk": ("ukr_Cyrl", "ukr"), "ur": ("urd_Arab", "urd"), "vi": ("vie_Latn", "vie"), "zh": ("zho_Hans", "cmn"),
}  # fmt: skip
LANGUAGES = tuple(_CODES)


def base(tag: str) -> str:
    """``de`` of ``de-AT``."""
    return tag.partition("-")[0].lower()


def problem(tag: str, what: str, who: str) -> str:
    """Why a language cannot be used; empty where it can."""
    if base(tag) in _CODES:
        return ""
    if not tag:
        return f"{who} cannot tell the language of a text by itself: give `language`"
    return f"{who} does not know {what} {tag!r}; it knows {', '.join(LANGUAGES)}"


def flores(tag: str) -> str:
    """The code of NLLB.

    Raises:
        ToolError: it is not known.
    """
    return _code(tag)[0]


def three_letters(tag: str) -> str:
    """The code of SeamlessM4T.

    Raises:
        ToolError: it is not known.
    """
    return _code(tag)[1]


def _code(tag: str) -> tuple[str, str]:
    if base(tag) not in _CODES:
        raise ToolError(f"the language {tag!r} is not known; known are {', '.join(LANGUAGES)}")
    return _CODES[base(tag)]
