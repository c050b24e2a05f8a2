"""AudioGen and MusicGen by audiocraft itself, for the host of a worker: needs audiocraft and what it pins.

Checkpoints are read as tensors alone. The torch of 2023 runs what lies in a TorchScript archive or in an old tar file
whatever it is told, so such files are refused before it sees them.
"""

import contextlib
import math
import os
import pickle
import tempfile
import warnings
import zipfile

import numpy as np

TOP_K, GUIDANCE = 250, 3.0
KEPT_S = 10.0
CHECKPOINTS = {"audiogen-medium": "AudioGen", "audiocraft-musicgen-small": "MusicGen"}
CODECS = {"facebook/encodec_32khz": "encodec-32khz"}
"""Models of the store by the names that checkpoints have for them."""
MALFORMED = (
    OSError, RuntimeError, LookupError, ValueError, TypeError, AttributeError, AssertionError, EOFError,
    pickle.PickleError, zipfile.BadZipFile,
)  # fmt: skip
"""What a checkpoint that is not as it should be makes its readers raise."""


class ToolMissing(Exception):
    """The weights are not there, or none that can be read."""


class Engine:
    """``generate_sound``, ``generate_music`` and ``continue_audio``, one request after the other, each by its seed."""

    def load(self, place):
        """Read the checkpoint of the one model that is named so, and what it refers to from the others' folders."""
        warnings.simplefilter("ignore")
        os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
        import torch  # noqa: PLC0415

        self.torch, weights = torch, place["weights"]
        torch.set_num_threads(place["threads"])
        torch.load = tensors_only(torch)  # audiocraft's loaders would run pickles
        name = next(name for name in CHECKPOINTS if name in weights)
        try:
            with neighbours({other: path for other, path in weights.items() if os.path.isdir(path)}):
                self.model = read_model(CHECKPOINTS[name], weights[name], weights, place["device"])
        except MALFORMED as error:
            raise ToolMissing(f"audiocraft cannot read {weights[name]}: {first_line(error)}") from error

    def run(self, requests, context):
        """Make one sound after the other."""
        for index, request in enumerate(requests):
            context.check()
            self.torch.manual_seed(request["seed"] % (1 << 63))
            self.model.set_custom_progress_callback(self._watch(context, index, len(requests)))
            yield index, self._answer(request)
            context.progress((index + 1) / len(requests))

    def close(self):
        """Free the weights."""
        self.model = None

    def _watch(self, context, index, count):
        most = [0.0]

        def watch(done, total):  # counts anew in each window of a long sound
            context.check()
            most[0] = max(most[0], min(1.0, done / max(1, total)))
            context.progress((index + most[0]) / count)

        return watch

    def _answer(self, request):
        try:
            samples = self._continued(request) if request["op"] == "continue_audio" else self._made(request)
        except RuntimeError as error:  # the device's memory is full, or the numbers are none to draw by
            return {"error": f"audiocraft could not make it: {first_line(error)}"}
        if not np.isfinite(samples).all():
            return {"error": "The engine made numbers that are no sound (NaN). Use other weights."}
        return {"kind": "Audio", "samples": samples, "rate": self.model.sample_rate}

    def _made(self, request):
        """Samples (channels, frames), at least as long as asked."""
        params = request["params"]
        self._settle(params["length"])
        waves = self.model.generate([str(params.get("description", ""))], progress=True)
        return waves[0].float().cpu().numpy()

    def _continued(self, request):
        """What follows on the input, and ``lead`` seconds before that as the network hears them."""
        params, model = request["params"], self.model
        prompt = self._heard(request["inputs"]["audio"])
        frames = prompt.shape[-1]
        self._settle(frames / model.sample_rate + params["length"])
        words = [str(params.get("description", ""))]
        waves = model.generate_continuation(prompt, model.sample_rate, words, progress=True)
        start = max(0, frames - round(params["lead"] * model.sample_rate))
        return waves[0, :, start:].float().cpu().numpy()

    def _heard(self, audio):
        """The end of a recording as a tensor (1, channels, frames): as much as leaves room to go on in a window.

        It is a whole number of the codec's frames, so that no silence fills the last one.
        """
        from audiocraft.data.audio_utils import convert_audio  # noqa: PLC0415

        model, rate = self.model, int(audio["rate"])
        kept_s = min(KEPT_S, model.max_duration / 3)
        samples = np.ascontiguousarray(audio["samples"][:, -round((kept_s + 1) * rate) :], np.float32)
        wave = convert_audio(self.torch.from_numpy(samples)[None], rate, model.sample_rate, model.audio_channels)
        hop = round(model.sample_rate / model.frame_rate)
        frames = min(wave.shape[-1], round(kept_s * model.sample_rate)) // hop * hop
        return wave[..., wave.shape[-1] - frames :]

    def _settle(self, length_s):
        """Settings for a sound of at least ``length_s``; where it can be, of one window."""
        model = self.model
        frames = math.ceil(length_s * model.frame_rate - 1e-6)
        duration = (frames + 0.5) / model.frame_rate  # audiocraft rounds down
        if length_s <= model.max_duration:
            duration = min(duration, model.max_duration)
        model.set_generation_params(
            use_sampling=True, top_k=min(TOP_K, model.lm.card), duration=duration, cfg_coef=GUIDANCE,
            extend_stride=0.7 * model.max_duration,
        )  # fmt: skip


def read_model(kind, folder, weights, device):
    """A model of audiocraft (``kind`` is its class) from its two files, a text encoder beside us, and maybe a codec."""
    from audiocraft import models  # noqa: PLC0415
    from audiocraft.models import encodec, loaders  # noqa: PLC0415

    network = loaders.load_lm_model(folder, device=device)
    named = loaders.load_compression_model_ckpt(folder).get("pretrained")
    if named is None:
        codec = loaders.load_compression_model(folder, device=device)
    elif CODECS.get(named) in weights:  # audiocraft takes a folder for a checkpoint of its own, so it is read here
        read = encodec.HFEncodecModel.from_pretrained(weights[CODECS[named]], local_files_only=True)
        codec = encodec.HFEncodecCompressionModel(read).to(device)
    else:
        raise ToolMissing(f"{folder} needs the codec {named}, which is not among this tool's weights.")
    return getattr(models, kind)(folder, codec.eval(), network)


@contextlib.contextmanager
def neighbours(folders):
    """A working folder in which the models lie under their names: as on a hub, text encoders are found by theirs."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="audiocraft-") as here:
        for name, folder in folders.items():
            os.symlink(os.path.abspath(folder), os.path.join(here, name))
        os.chdir(here)
        try:
            yield
        finally:
            os.chdir(before)


def tensors_only(torch):
    """``torch.load`` for files of tensors and plain values, which raises ToolMissing for all others."""
    load = torch.load

    def read(path, *given, **options):
        if not is_plain(torch, path):
            raise ToolMissing(f"{path} is not there, or no archive of tensors. Pull or add the weights again.")
        try:
            return load(path, *given, **{**options, "weights_only": True})
        except pickle.UnpicklingError as error:
            raise ToolMissing(f"{path} holds more than tensors and settings, which is never loaded.") from error

    return read


def is_plain(torch, path):
    """Whether a file is one of the archives that ``torch.save`` writes, and no program."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
    try:
        reader = torch._C.PyTorchFileReader(str(path))
    except RuntimeError:
        return False
    return reader.has_record("data.pkl") and "constants.pkl" not in reader.get_all_records()


def first_line(error):
    """What an error says, in a line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
