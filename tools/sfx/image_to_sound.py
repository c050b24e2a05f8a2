"""What a picture sounds like: BLIP (Li et al., 2022) says what it shows, and the synthesiser makes that sound."""

from __future__ import annotations

import io
import re
from typing import Any

from soundwright.tools.assets import Asset, Audio, Image
from soundwright.tools.base import Context, Request, ToolSpec
from soundwright.tools.errors import ToolError
from soundwright.tools.neural.listener import Listener
from soundwright.tools.sfx.procedural import ProceduralSoundTool

_LONGEST, _BEAMS, _MOST_PIXELS = 40, 3, 64_000_000
_SCENES = (
    "beach", "sea", "ocean", "river", "waterfall", "rain", "snow", "storm", "forest", "street", "city", "train",
    "station", "restaurant", "cafe", "kitchen", "market", "fire", "wind", "garden", "birds", "crowd", "traffic",
)  # fmt: skip


class ImageToSoundTool(Listener):
    """The tool ``picture-sound``: a caption, then a synthesised sound of what the caption names."""

    network = "BlipForConditionalGeneration"
    reader = "BlipProcessor"
    spec = ToolSpec(
        name="picture-sound",
        version=f"1.{ProceduralSoundTool.spec.version}",
        operations=("image_to_sound",),
        licence_code="Apache-2.0",
        licence_weights="BSD-3-Clause",
        extra="neural",
        modules=("torch", "transformers", "PIL"),
        models=("blip-captioning",),
        cores=2,
        memory_mb=2500,
        gpu_bytes=2 << 30,
        honours=("length", "take"),
        determinism="device",
        rank=40,
        speed=3.0,
        proven="tiny",
        proven_note="random weights in the sizes of a toy; captions of a list",
        help="Names what a picture shows and synthesises its sound; fails where nothing in it has one.",
    )

    def listen(self, request: Request, context: Context) -> Asset:
        """The sound of what is shown."""
        image = request.inputs.get("image")
        if not isinstance(image, Image):
            raise ToolError("image_to_sound needs a picture at input 'image'", addressee="developer")
        caption = self._caption(_opened(image.data))
        context.check()
        return sound_of(caption, request, context)

    def _caption(self, picture: Any) -> str:  # noqa: ANN401  a PIL image
        inputs = self.on_device(self.processor(images=picture, return_tensors="pt"))
        made = self.model.generate(**inputs, max_new_tokens=_LONGEST, num_beams=_BEAMS, do_sample=False)
        return str(self.processor.batch_decode(made, skip_special_tokens=True)[0]).strip()


def sound_of(caption: str, request: Request, context: Context) -> Audio:
    """The sound of a caption, of its parts, or of the place that it names: the first that the synthesiser knows.

    Raises:
        ToolError: it knows none of them.
    """
    synthesiser = ProceduralSoundTool()
    for description in _descriptions(caption):
        params = {"description": description, "length": request.params.get("length", 10.0), "loop": False}
        params["take"] = request.params.get("take", 0)
        ((_, made),) = synthesiser.run([Request("generate_sound", params, {}, request.seed)], context)
        if isinstance(made, Audio):
            return made
    raise ToolError(
        f"the picture seems to show {caption!r}, and no sound is known for that; describe the sound instead"
    )


def _descriptions(caption: str) -> list[str]:
    plain = caption.strip()
    parts = [part.strip() for part in re.split(r",| and | with | next to | in front of | near | on | in | by ", plain)]
    places = [word for word in _SCENES if re.search(rf"\b{word}s?\b", plain.lower())]
    return list(dict.fromkeys(part for part in (plain, *parts, *places) if part))


def _opened(data: bytes) -> Any:  # noqa: ANN401  a PIL image
    from PIL import Image as Pictures  # noqa: PLC0415  an optional engine

    try:
        picture = Pictures.open(io.BytesIO(data))
        if picture.width * picture.height > _MOST_PIXELS:
            raise ToolError(f"the picture has {picture.width} x {picture.height} pixels; make it smaller first")
        return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise ToolError(f"the picture cannot be read: {error}") from error
