"""MP-SENet (Lu, Ai & Ling, arXiv 2308.08926, 2023): magnitude and phase of speech, cleaned side by side.

Magnitude and phase go through a dense encoder that halves the bins and through blocks of attention and recurrence;
one decoder gives a mask for the magnitude, the other the phase itself. Parts carry the names of the authors'
checkpoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

HEADS, DEPTH = 4, 4


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a network was trained with; ``window``, ``hop`` and ``fft`` in frames at ``rate`` Hz."""

    channels: int
    blocks: int
    fft: int
    hop: int
    window: int
    rate: int
    compression: float
    beta: float

    @classmethod
    def read(cls, config: Any, blocks: int) -> Sizes:  # noqa: ANN401  any JSON
        """The sizes of a ``config.json``, as the authors write it or one level down under ``h``.

        Raises:
            ValueError: a size is missing, no number, or out of bounds.
        """
        given = config.get("h", config) if isinstance(config, Mapping) else None
        if not isinstance(given, Mapping):
            raise ValueError("it holds no sizes")  # noqa: TRY004  the file's fault
        whole = [_bounded(given, name, 1 << 17) for name in ("dense_channel", "n_fft", "hop_size", "win_size")]
        channels, fft, hop, window = (int(value) for value in whole)
        if channels % HEADS or fft % 4 or not hop <= window <= fft or channels > 1024 or fft > 8192:
            raise ValueError(f"channels {channels}, fft {fft}, hop {hop} and window {window} do not fit together")
        rate, power, beta = _bounded(given, "sampling_rate", 1 << 18), given["compress_factor"], given["beta"]
        if not 0.01 <= float(power) <= 1 or not 0 < float(beta) <= 100:
            raise ValueError(f"compress_factor {power} or beta {beta} is out of bounds")
        return cls(channels, blocks, fft, hop, window, int(rate), float(power), float(beta))


def _bounded(given: Mapping[str, Any], name: str, most: float) -> float:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ValueError(f"its {name} is {value!r}")
    return value


def built(torch: ModuleType, sizes: Sizes) -> Any:  # noqa: ANN401  a module
    """The parts with untrained weights, ready for a strict ``load_state_dict``."""
    nn, width = torch.nn, sizes.channels
    transformers = [
        nn.ModuleDict({f"{axis}_transformer": _transformer(nn, width) for axis in ("time", "freq")})
        for _ in range(sizes.blocks)
    ]
    mask, phase = _decoder(nn, width, "mask_conv"), _decoder(nn, width, "phase_conv")
    mask["mask_conv"].append(nn.Conv2d(width, 1, (1, 2)))
    mask["lsigmoid"] = nn.ParameterDict({"slope": nn.Parameter(torch.ones(sizes.fft // 2 + 1, 1))})
    for part in ("r", "i"):
        phase[f"phase_conv_{part}"] = nn.Conv2d(width, 1, (1, 2))
    encoder = {
        "dense_conv_1": nn.Sequential(nn.Conv2d(2, width, 1), *_settled(nn, width)),
        "dense_block": _dense(nn, width),
        "dense_conv_2": nn.Sequential(nn.Conv2d(width, width, (1, 3), (1, 2), (0, 1)), *_settled(nn, width)),
    }
    parts = {"dense_encoder": nn.ModuleDict(encoder), "TSTransformer": nn.ModuleList(transformers)}
    return nn.ModuleDict({**parts, "mask_decoder": mask, "phase_decoder": phase})


def cleaned(torch: ModuleType, network: Any, sizes: Sizes, wave: Any) -> Any:  # noqa: ANN401  modules and tensors
    """(frames,) of (frames,) at a level of about 1, in time with it."""
    frames = wave.shape[-1]
    wave = torch.nn.functional.pad(wave, (0, max(0, sizes.fft - frames)))[None]
    form = {"hop_length": sizes.hop, "win_length": sizes.window}
    form["window"] = torch.hann_window(sizes.window, device=wave.device)
    heard = torch.stft(wave, sizes.fft, **form, return_complex=True)
    level = (heard.real**2 + heard.imag**2 + 1e-9).sqrt() ** sizes.compression
    phase = torch.atan2(heard.imag + 1e-10, heard.real + 1e-5)
    level, phase = spectrum(torch, network, sizes, level, phase)
    made = torch.polar(level ** (1 / sizes.compression), phase)
    return torch.istft(made, sizes.fft, **form, length=wave.shape[-1])[0, :frames]


def spectrum(  # modules and tensors
    torch: ModuleType,
    network: Any,  # noqa: ANN401
    sizes: Sizes,
    level: Any,  # noqa: ANN401
    phase: Any,  # noqa: ANN401
) -> tuple[Any, Any]:
    """Compressed magnitude and phase, cleaned: each (1, bins, steps)."""
    encoder, mask, angle = network["dense_encoder"], network["mask_decoder"], network["phase_decoder"]
    inner = encoder["dense_conv_1"](torch.stack((level, phase), 1).transpose(2, 3))  # (1, channels, steps, bins)
    inner = encoder["dense_conv_2"](_densely(torch, encoder["dense_block"], inner))
    for block in network["TSTransformer"]:
        inner = _attended(torch, block, inner)
    *rise, last = mask["mask_conv"]
    score = last(_doubled(torch, rise, _densely(torch, mask["dense_block"], inner))).transpose(2, 3)[:, 0]
    masked = level * sizes.beta * torch.sigmoid(mask["lsigmoid"]["slope"] * score)
    inner = _doubled(torch, angle["phase_conv"], _densely(torch, angle["dense_block"], inner))
    turned = torch.atan2(angle["phase_conv_i"](inner), angle["phase_conv_r"](inner))
    return masked, turned.transpose(2, 3)[:, 0]


def _settled(nn: Any, width: int) -> tuple[Any, Any]:  # noqa: ANN401
    return nn.InstanceNorm2d(width, affine=True), nn.PReLU(width)


def _dense(nn: Any, width: int) -> Any:  # noqa: ANN401
    """Four layers, each over all that came before, and each looking back twice as far as the last."""
    layers = [
        nn.Sequential(
            nn.ConstantPad2d((1, 1, 2**number, 0), 0.0),
            nn.Conv2d(width * (number + 1), width, (2, 3), dilation=(2**number, 1)),
            *_settled(nn, width),
        )
        for number in range(DEPTH)
    ]
    return nn.ModuleDict({"dense_block": nn.ModuleList(layers)})


def _decoder(nn: Any, width: int, name: str) -> Any:  # noqa: ANN401
    doubling = nn.ModuleDict({"conv": nn.Conv2d(width, 2 * width, (1, 3))})
    return nn.ModuleDict({"dense_block": _dense(nn, width), name: nn.ModuleList([doubling, *_settled(nn, width)])})


def _transformer(nn: Any, width: int) -> Any:  # noqa: ANN401
    forward = {"gru": nn.GRU(width, 2 * width, bidirectional=True), "linear": nn.Linear(4 * width, width)}
    norms = {f"norm{number}": nn.LayerNorm(width) for number in (1, 2, 3)}
    return nn.ModuleDict({**norms, "attention": nn.MultiheadAttention(width, HEADS), "ffn": nn.ModuleDict(forward)})


def _densely(torch: ModuleType, block: Any, inner: Any) -> Any:  # noqa: ANN401
    made = known = inner
    for layer in block["dense_block"]:
        made = layer(known)
        known = torch.cat((made, known), 1)
    return made


def _doubled(torch: ModuleType, layers: Any, inner: Any) -> Any:  # noqa: ANN401
    """Twice the bins: of each, a convolution makes two that lie side by side."""
    doubling, norm, act = layers
    made = doubling["conv"](torch.nn.functional.pad(inner, (1, 1)))
    return act(norm(torch.stack(made.chunk(2, 1), -1).flatten(-2)))


def _attended(torch: ModuleType, block: Any, inner: Any) -> Any:  # noqa: ANN401
    """Across the bins of each moment, then across the moments of each bin: in this order the weights were trained."""
    states = inner[0].permute(2, 1, 0)  # (bins, steps, channels)
    states = states + _transformed(torch, block["time_transformer"], states)
    states = states.transpose(0, 1)
    states = states + _transformed(torch, block["freq_transformer"], states)
    return states.permute(2, 0, 1)[None]


def _transformed(torch: ModuleType, part: Any, states: Any) -> Any:  # noqa: ANN401
    """Attention and a two-way recurrence along the first axis."""
    known = part["norm1"](states)
    states = states + part["attention"](known, known, known, need_weights=False)[0]
    inner = part["ffn"]["gru"](part["norm2"](states))[0]
    states = states + part["ffn"]["linear"](torch.nn.functional.leaky_relu(inner))
    return part["norm3"](states)
