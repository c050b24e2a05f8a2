"""Spanish and Italian: what spelling says, figures as words, and the voices that speak them."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundwright.tools.assets import Speech
from soundwright.tools.base import Context, Place, Request
from soundwright.tools.errors import ToolError
from soundwright.tools.model_store import ModelStore
from soundwright.tools.tts import italian as it
from soundwright.tools.tts import spanish as es
from soundwright.tools.tts.kokoro_spelled import KokoroItalianTool, KokoroSpanishTool, SpelledTool


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("La niña corre por la calle.", "la nˈiɲa kˈore poɾ la kˈaʎe."),
        ("¿Quién está ahí?", "kjˈen estˈa aˈi?"),
        ("El guitarrista y el pingüino", "el ɡitarˈista i el pinɡwˈino"),
        ("lluvia, jazmín, ciudad", "ʎˈuβja, xaθmˈin, θjuðˈad"),
        ("exacto hoy", "eksˈakto ˈoɪ"),
        ("¡…!", "…!"),
    ],
)
def test_spanish_is_read_by_its_rules(written: str, spoken: str) -> None:
    assert es.spanish(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Gli uccelli sopra la città", "ʎi uʧːˈelːi sˈopra la ʧitːˈa"),
        ("C'era una volta", "ʧˈera una vˈolta"),
        ("ghiaccio, scienza, chiesa, giorno", "ɡjˈaʧːo, ʃjˈenʦa, kjˈeza, ʤˈorno"),
        ("La notte era buia.", "la nˈotːe ˈera bˈuja."),
        ("sabato musica perché", "sˈabato mˈuzika perkˈe"),
    ],
)
def test_italian_is_read_by_its_rules(written: str, spoken: str) -> None:
    assert it.italian(written) == spoken


def test_figures_become_words() -> None:
    assert [es.number(n) for n in (0, 21, 100, 1936)] == ["cero", "veintiuno", "cien", "mil novecientos treinta y seis"]
    assert [it.number(n) for n in (28, 36, 2000)] == ["ventotto", "trenta sei", "duemila"]
    assert es.number(1234567) == "uno dos tres cuatro cinco seis siete"


@pytest.mark.parametrize(
    ("tool", "preset", "text"),
    [(KokoroSpanishTool(), "em_alex", "La noche era oscura."), (KokoroItalianTool(), "if_sara", "La notte era buia.")],
)
def test_they_speak_and_say_what_they_cannot(tool: SpelledTool, preset: str, text: str, models_folder: Path) -> None:
    tool.load(Place(weights=ModelStore(models_folder, offline=True).paths(["kokoro-82m"])))
    params = {"text": text, "language": tool.language, "preset": preset}
    wrong = [{**params, "language": "en"}, {**params, "preset": "af_heart"}, {**params, "text": "..."}]
    made = dict(tool.run([Request("speak", p, {}, 1) for p in (params, *wrong)], Context()))
    said = made[0]
    assert isinstance(said, Speech)
    assert 0.8 < said.length_s < 4.0
    for number, words in ((1, "not 'en'"), (2, "no voice 'af_heart'"), (3, "nothing to speak")):
        assert isinstance(made[number], ToolError)
        assert words in str(made[number])
