"""XTTS and VITS by coqui's own classes, for the host of a worker: needs coqui-tts, torch and torchaudio.

Checkpoints are read as tensors alone; what else lies in them (coqui put its settings there) becomes empty objects.
"""

import hashlib
import io
import json
import os
import warnings

import numpy as np

KINDS = {"coqui-xtts-v2": "xtts", "coqui-vits": "vits"}
SETTINGS = "config.json"
NO_PRESET = ("", "default")
HEARD_RATE, LEAST_S, QUIET = 22050, 1.0, 1e-3
UNUSED = ("disc.", "speaker_encoder.", "torch_mel_spectrogram", "dvae.", "gpt.gpt_inference.", "gpt.gpt.wte.")
COMPUTED = (".attn.bias", ".attn.masked_bias")
OLD_CLASSES = (
    "TTS.tts.models.xtts.XttsAudioConfig", "TTS.tts.models.xtts.XttsArgs", "TTS.tts.configs.xtts_config.XttsConfig",
    "TTS.tts.configs.xtts_config.XttsAudioConfig", "TTS.tts.configs.xtts_config.XttsArgs",
    "TTS.config.shared_configs.BaseDatasetConfig",
)  # fmt: skip


class ToolMissing(Exception):
    """The weights are not there, or none that can be read."""


class Refused(Exception):
    """A request that cannot be done; the message says why."""


class Ignored:
    """Stands for a settings object inside a checkpoint: it has no methods, and is thrown away."""


class Engine:
    """``speak`` and ``clone_voice``, one request after the other, each by its seed."""

    def load(self, place):
        """Read the checkpoint in the folder of the one model that is named."""
        warnings.simplefilter("ignore")
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TRAINER_TELEMETRY="0")
        import torch  # noqa: PLC0415

        torch.set_num_threads(place["threads"])
        name = next(name for name in KINDS if name in place["weights"])
        kind = Xtts if KINDS[name] == "xtts" else Vits
        self.torch, self.network = torch, kind(torch, place["weights"][name], place["device"])

    def run(self, requests, context):
        """Speak, or learn a voice; a cancel leaves before the next layer of the network."""
        watch = self.torch.nn.modules.module.register_module_forward_pre_hook(lambda *given: context.check())
        try:
            for index, request in enumerate(requests):
                self.torch.manual_seed(request["seed"] % (1 << 63))
                yield index, self._answer(request)
                context.progress((index + 1) / len(requests))
        finally:
            watch.remove()

    def close(self):
        """Free the weights."""
        self.network = None

    def _answer(self, request):
        try:
            with self.torch.inference_mode():
                if request["op"] == "clone_voice":
                    return self.network.learned(request)
                samples = np.asarray(self.network.said(request), np.float32).reshape(1, -1)
        except Refused as refusal:
            return {"error": str(refusal)}
        if not np.isfinite(samples).all():
            return {"error": "The engine made numbers that are no sound (NaN). Use other weights."}
        return {"kind": "Audio", "samples": samples, "rate": self.network.rate}


class Xtts:
    """XTTS v2: a voice is two tensors, of the tool's own speakers or heard from a recording."""

    def __init__(self, torch, folder, device):
        from TTS.tts.configs.xtts_config import XttsConfig  # noqa: PLC0415
        from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer  # noqa: PLC0415
        from TTS.tts.models import xtts  # noqa: PLC0415

        self.torch, self.device, self.heard = torch, device, {}
        self.config = read_settings(folder, "xtts", XttsConfig, {})
        model = xtts.Xtts(self.config)
        model.tokenizer = VoiceBpeTokenizer(vocab_file=found(folder, "vocab.json"))
        model.init_models()
        fill(model, read_state(torch, found(folder, "model.pth")))
        model.hifigan_decoder.eval()
        model.gpt.init_gpt_for_inference(kv_cache=model.args.kv_cache)
        model.gpt.eval()
        self.model, self.rate = model.to(device), int(model.args.output_sample_rate)
        path = os.path.join(folder, "speakers_xtts.pth")
        self.speakers = read_tensors(torch, path) if os.path.exists(path) else {}

    def said(self, request):
        """Samples of one piece of text."""
        params, (latents, speaker) = request["params"], self._voice(request)
        text, language = str(params["text"]), str(params.get("language") or "en").lower()
        tokens = len(self.model.tokenizer.encode(text.strip().lower(), lang=language))
        if tokens >= self.model.args.gpt_max_text_tokens:
            raise Refused(f"{text[:40]!r}... is too long to be said at once ({tokens} tokens); use shorter sentences.")
        config = self.config
        made = self.model.inference(
            text, language, latents, speaker, temperature=config.temperature, length_penalty=config.length_penalty,
            repetition_penalty=float(config.repetition_penalty), top_k=config.top_k, top_p=config.top_p,
            speed=float(params.get("speed") or 1.0),
        )  # fmt: skip
        return made["wav"]

    def learned(self, request):
        """A voice as a file of its two tensors."""
        latents, speaker = self._listen(request["inputs"]["audio"])
        file = io.BytesIO()
        np.savez(file, latents=latents.float().cpu().numpy(), speaker=speaker.float().cpu().numpy())
        return {"kind": "Voice", "tool": "coqui-xtts", "data": file.getvalue()}

    def _voice(self, request):
        inputs, preset = request["inputs"], str(request["params"].get("preset") or "")
        if "clone" in inputs:
            return self._read(inputs["clone"]["data"])
        if "sample" in inputs:
            return self._listen(inputs["sample"])
        if preset in NO_PRESET and self.speakers:
            preset = next(iter(self.speakers))
        if preset not in self.speakers:
            raise Refused(f"coqui-xtts has no voice {preset!r} here. {listed(self.speakers)}")
        return tuple(value.to(self.device) for value in list(self.speakers[preset].values())[:2])

    def _read(self, data):
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                latents, speaker = (self.torch.from_numpy(file[name].astype(np.float32)) for name in VOICE)
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise Refused(f"the learned voice is no voice of coqui-xtts: {error}") from error
        wanted = (self.model.args.gpt_n_model_channels, self.model.args.d_vector_dim)
        if latents.ndim != 3 or speaker.ndim != 3 or (latents.shape[2], speaker.shape[1]) != wanted:
            raise Refused("the learned voice is of other weights of XTTS; learn it again.")
        return latents.to(self.device), speaker.to(self.device)

    def _listen(self, audio):
        """The voice of a recording; the last one is kept, for the pieces of one text share it."""
        samples = np.ascontiguousarray(audio["samples"], np.float32)
        key = hashlib.sha256(samples.tobytes()).hexdigest() + str(audio["rate"])
        if key not in self.heard:
            self.heard = {key: self._heard(samples.mean(axis=0, keepdims=True), int(audio["rate"]))}
        return self.heard[key]

    def _heard(self, samples, rate):
        if samples.shape[1] < LEAST_S * rate:
            raise Refused(
                f"a voice cannot be learned from {samples.shape[1] / rate:.2f} s; give 6 to 30 s of clear speech."
            )
        if float(np.abs(samples).max()) < QUIET:
            raise Refused("a voice cannot be learned from silence; give 6 to 30 s of clear speech.")
        from torchaudio.functional import resample  # noqa: PLC0415

        config, wave = self.config, resample(self.torch.from_numpy(samples), rate, HEARD_RATE)
        wave = wave[:, : HEARD_RATE * config.max_ref_len].clamp(-1, 1).to(self.device)
        speaker = self.model.get_speaker_embedding(wave, HEARD_RATE)
        latents = self.model.get_gpt_cond_latents(
            wave, HEARD_RATE, length=config.gpt_cond_len, chunk_length=config.gpt_cond_chunk_len
        )
        return latents, speaker


class Vits:
    """VITS as coqui trained it: of one speaker, or of those in ``speaker_ids.json``."""

    def __init__(self, torch, folder, device):
        from TTS.tts.configs.vits_config import VitsConfig  # noqa: PLC0415
        from TTS.tts.models import vits  # noqa: PLC0415

        self.torch, self.device = torch, device
        beside = {key: os.path.join(folder, name) for key, name in BESIDE.items()}
        config = read_settings(folder, "vits", VitsConfig, beside)
        if config.model_args.use_d_vector_file:
            raise ToolMissing(f"{folder} holds a VITS that needs a speaker encoder, which coqui-vits does not run.")
        config.model_args.init_discriminator = False
        try:
            model = vits.Vits(config)
        except FileNotFoundError as error:
            raise ToolMissing(f"This VITS reads phonemes: {error} (Debian: apt-get install espeak-ng)") from error
        fill(model, read_state(torch, found(folder, "model_file.pth", "model.pth", "best_model.pth")))
        self.model, self.rate = model.to(device).eval(), int(config.audio.sample_rate)
        self.usual = float(model.length_scale)

    def said(self, request):
        """Samples of one piece of text."""
        params, model = request["params"], self.model
        ids = model.tokenizer.text_to_ids(str(params["text"]), language=None)
        if not any(number not in (model.tokenizer.blank_id, model.tokenizer.pad_id) for number in ids):
            raise Refused(f"coqui-vits knows no letter of {str(params['text'])[:40]!r}.")
        given = self.torch.tensor([ids], dtype=self.torch.long, device=self.device)
        model.length_scale = self.usual / max(0.05, float(params.get("speed") or 1.0))
        lengths = self.torch.tensor([len(ids)], device=self.device)
        made = model.inference(given, {
            "x_lengths": lengths, "speaker_ids": self._speaker(str(params.get("preset") or "")),
            "language_ids": self._language(str(params.get("language") or "en")), "d_vectors": None, "durations": None,
        })  # fmt: skip
        return made["model_outputs"][0, 0].float().cpu().numpy()

    def learned(self, request):
        """VITS learns no voice."""
        raise Refused("coqui-vits learns no voices; coqui-xtts does.")

    def _speaker(self, preset):
        manager = self.model.speaker_manager
        names = dict(manager.name_to_id) if manager is not None and self.model.args.use_speaker_embedding else {}
        if not names and preset in NO_PRESET:
            return None
        if preset in NO_PRESET:
            preset = next(iter(names))
        if preset not in names:
            raise Refused(f"coqui-vits has no voice {preset!r} here. {listed(names) if names else 'It has one voice.'}")
        return self.torch.tensor([names[preset]], device=self.device)

    def _language(self, language):
        manager = self.model.language_manager
        if not self.model.args.use_language_embedding or manager is None or not manager.name_to_id:
            return None
        names = manager.name_to_id
        name = next((each for each in names if each.partition("-")[0] == language.partition("-")[0]), None)
        if name is None:
            raise Refused(f"this VITS does not speak {language!r}. {listed(names)}")
        return self.torch.tensor([names[name]], device=self.device)


VOICE = ("latents", "speaker")
BESIDE = {"speakers_file": "speaker_ids.json", "speaker_file": "", "language_ids_file": "language_ids.json",
          "d_vector_file": "", "speaker_encoder_model_path": "", "speaker_encoder_config_path": ""}  # fmt: skip


def found(folder, *names):
    """The path of the first file of these names."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise ToolMissing(f"{folder} has no {' and no '.join(names)}. Pull or add the weights again.")


def read_settings(folder, kind, make, beside):
    """Coqui's settings of ``config.json``. Files that they name are those of ``beside``, or none."""
    path = found(folder, SETTINGS)
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        if values.get("model") != kind:
            raise ToolMissing(f"{path} is of {values.get('model')!r}, not of {kind!r}.")
        for part in (values, values.get("model_args") or {}):
            for key in set(beside) & set(part):
                part[key] = beside[key] if os.path.isfile(beside[key]) else None
        letters = (values.get("characters") or {}).get("characters_class") or "TTS."
        if not letters.startswith("TTS."):
            raise ToolMissing(f"{path} names {letters!r}, which is no class of coqui.")
        config = make()
        config.from_dict(values)
    except (OSError, ValueError, AttributeError, TypeError, KeyError) as error:
        raise ToolMissing(f"{path} holds no settings of {kind}: {error}") from error
    return config


def read_tensors(torch, path):
    """What a torch file holds: tensors and plain values. Coqui's settings become ``Ignored``, all else is refused."""
    try:
        with torch.serialization.safe_globals([(stand_in(name), name) for name in OLD_CLASSES]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except torch.serialization.pickle.UnpicklingError as error:
        raise ToolMissing(f"{path} holds more than tensors and settings, which is never loaded.") from error
    except (OSError, RuntimeError, EOFError) as error:
        raise ToolMissing(f"{path} cannot be read: {str(error).splitlines()[0]}") from error


def stand_in(name):
    """An empty class for one of coqui's."""
    return type(name.rpartition(".")[2], (Ignored,), {})


def read_state(torch, path):
    """The tensors of a checkpoint by their names in coqui's class."""
    checkpoint = read_tensors(torch, path)
    state = checkpoint.get("model") if isinstance(checkpoint, dict) else None
    if not isinstance(state, dict):
        raise ToolMissing(f"{path} is no checkpoint of coqui: it has no 'model'.")
    names = {(name[len("xtts.") :] if name.startswith("xtts.") else name): value for name, value in state.items()}
    return {name: value for name, value in names.items() if not name.startswith(UNUSED)}


def fill(model, state):
    """Put tensors into a network; each has its place, and no place stays empty."""
    try:
        missing, unexpected = model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise ToolMissing(f"The checkpoint is of other sizes than its settings say: {error}") from error
    missing = [name for name in missing if not name.startswith(UNUSED)]
    unexpected = [name for name in unexpected if not name.endswith(COMPUTED)]
    if missing or unexpected:
        raise ToolMissing(f"The checkpoint does not fit: it lacks {missing[:3]} and has {unexpected[:3]} besides.")


def listed(names):
    """Which names there are, for a message."""
    return "There are: " + ", ".join(list(names)[:12]) + (", ..." if len(names) > 12 else "") + "."
