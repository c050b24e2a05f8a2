"""RNNoise for the host of a worker: needs pyrnnoise and what that brings, and nothing of soundwright."""

import ctypes

import numpy as np

RATE = 48000
DELAY = 960  # frames by which RNNoise is late: it looks two of its frames of 480 ahead
FULL_SCALE = 32768.0


class Engine:
    """Takes the noise out of ``inputs["audio"]``, channel by channel, at 48 kHz."""

    def load(self, place):
        """Open the library, which holds its network."""
        import soxr  # noqa: PLC0415
        from pyrnnoise import rnnoise  # noqa: PLC0415

        self.resample, self.library, self.frame = soxr.resample, rnnoise.lib, rnnoise.FRAME_SIZE

    def run(self, requests, context):
        """Clean each recording in turn."""
        for index, request in enumerate(requests):
            audio = dict(request["inputs"]["audio"])
            strength = np.float32(request["params"].get("strength", 1.0))
            scale = RATE / audio["rate"]
            sound = self._at_rate(audio["samples"], audio["rate"])
            clean = np.stack([self._channel(channel, context) for channel in sound])
            audio.update(samples=sound * (1 - strength) + clean * strength, rate=RATE)
            audio["tail"] = min(round(audio["tail"] * scale), sound.shape[1])
            yield index, audio
            context.progress((index + 1) / len(requests))

    def _at_rate(self, samples, rate):
        if rate == RATE or samples.shape[1] == 0:
            return samples
        return np.ascontiguousarray(self.resample(samples.T, rate, RATE, quality="HQ").T, np.float32)

    def _channel(self, channel, context):
        count = -(-(len(channel) + DELAY) // self.frame)
        sound = np.zeros(count * self.frame, np.float32)
        sound[: len(channel)] = channel * FULL_SCALE
        state = self.library.rnnoise_create(None)
        try:
            for number, frame in enumerate(sound.reshape(count, self.frame)):
                if number % 100 == 0:
                    context.check()
                pointer = frame.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
                self.library.rnnoise_process_frame(state, pointer, pointer)
        finally:
            self.library.rnnoise_destroy(state)
        return sound[DELAY : DELAY + len(channel)] / np.float32(FULL_SCALE)
