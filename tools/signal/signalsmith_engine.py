"""Pitch and length by Signalsmith Stretch, as audiomentations brings it, for the host of a worker."""

import numpy as np


class Engine:
    """``pitch`` and ``stretch``, all channels together."""

    def load(self, place):
        """Import the transforms."""
        from audiomentations import PitchShift, TimeStretch  # noqa: PLC0415

        self.pitch_shift, self.time_stretch = PitchShift, TimeStretch

    def run(self, requests, context):
        """Treat each sound in turn."""
        for index, request in enumerate(requests):
            context.check()
            audio = dict(request["inputs"]["audio"])
            if request["op"] == "pitch":
                semitones = float(request["params"].get("semitones", 0.0))
                audio["samples"] = self._pitched(audio["samples"], audio["rate"], semitones)
            else:
                factor = float(request["params"].get("factor", 1.0))
                audio = self._stretched(audio, factor)
            yield index, audio
            context.progress((index + 1) / len(requests))

    def _pitched(self, samples, rate, semitones):
        if semitones == 0 or samples.shape[1] == 0:
            return samples
        transform = self.pitch_shift(semitones, semitones, method="signalsmith_stretch", p=1.0)
        return fitted(transform(samples, rate), samples.shape[1])

    def _stretched(self, audio, factor):
        samples = audio["samples"]
        if factor != 1 and samples.shape[1]:
            transform = self.time_stretch(
                1 / factor, 1 / factor, leave_length_unchanged=False, method="signalsmith_stretch", p=1.0
            )
            audio["samples"] = fitted(transform(samples, audio["rate"]), round(samples.shape[1] * factor))
        audio["tail"] = min(round(audio["tail"] * factor), audio["samples"].shape[1])
        if audio.get("words") is not None:
            audio["words"] = [
                dict(word, start_s=word["start_s"] * factor, end_s=word["end_s"] * factor) for word in audio["words"]
            ]
        return audio


def fitted(samples, frames):
    """Cut or padded with silence to ``frames``."""
    missing = max(0, frames - samples.shape[1])
    return np.ascontiguousarray(np.pad(samples, ((0, 0), (0, missing)))[:, :frames], np.float32)
