"""AudioGen and MusicGen by audiocraft itself, for the host of a worker: needs audiocraft and what it pins."""

import functools
import os
import tempfile
import warnings

import numpy as np

TOP_K, GUIDANCE = 250, 3.0
USUAL_LENGTH_S = 5.0


class Engine:
    """``generate_sound``, ``generate_music`` and ``continue_audio``, one request after the other, each by its seed."""

    def load(self, place):
        """Read the checkpoints in the folder of the first model; the others are found by the names they refer to."""
        warnings.simplefilter("ignore")
        os.environ["HF_HUB_OFFLINE"] = "1"
        import torch  # noqa: PLC0415

        self.torch = torch
        torch.set_num_threads(place["threads"])
        torch.load = functools.partial(torch.load, weights_only=True)  # audiocraft's loaders would run pickles
        checkpoint, *parts = place["weights"]
        self._as_neighbours({name: place["weights"][name] for name in parts})
        self.model = self._kind(checkpoint).get_pretrained(place["weights"][checkpoint], device=place["device"])

    def run(self, requests, context):
        """Make one sound after the other."""
        for index, request in enumerate(requests):
            self.torch.manual_seed(request["seed"])
            self.model.set_custom_progress_callback(self._watch(context, index, len(requests)))
            yield index, self._made(request)
            context.progress((index + 1) / len(requests))

    def close(self):
        """Free the weights."""
        self.model = None

    def _kind(self, checkpoint):
        from audiocraft.models import AudioGen, MusicGen  # noqa: PLC0415

        return AudioGen if "audiogen" in checkpoint else MusicGen

    def _as_neighbours(self, folders):
        """Checkpoints name their text encoder and codec as on a hub; here they lie under these names beside us."""
        here = tempfile.mkdtemp(prefix="audiocraft-")
        os.chdir(here)
        for name, folder in folders.items():
            path = os.path.join(here, HUB_NAMES.get(name, name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(folder, path)

    def _watch(self, context, index, count):
        most = [0.0]

        def watch(done, total):  # counts anew in each window of a long sound
            context.check()
            most[0] = max(most[0], min(1.0, done / max(1, total)))
            context.progress((index + most[0]) / count)

        return watch

    def _made(self, request):
        params, given = request["params"], request["inputs"].get("audio")
        length_s = float(params.get("length") or USUAL_LENGTH_S)
        words, rate = [str(params.get("description", ""))], self.model.sample_rate
        given_s = given["samples"].shape[1] / given["rate"] if given else 0.0
        self.model.set_generation_params(
            use_sampling=True, top_k=min(TOP_K, self.model.lm.card), duration=given_s + length_s, cfg_coef=GUIDANCE,
            extend_stride=0.7 * self.model.max_duration,
        )  # fmt: skip
        if given:
            prompt = self.torch.from_numpy(np.ascontiguousarray(given["samples"]))[None]
            waves = self.model.generate_continuation(prompt, given["rate"], words, progress=True)
        else:
            waves = self.model.generate(words, progress=True)
        samples = waves[0].float().cpu().numpy()
        return {"kind": "Audio", "samples": samples[:, : round((given_s + length_s) * rate)], "rate": rate}


HUB_NAMES = {"encodec-32khz": "facebook/encodec_32khz"}
"""Models of the store whose name in checkpoints is another one."""
