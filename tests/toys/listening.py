"""Toys of engines that say what is heard or seen: AST, CLAP, HuBERT, Nemotron, Qwen2-Audio, BLIP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.toys import parts


def write_ast(path: Path) -> None:
    import transformers as tf

    labels = {0: "Speech", 1: "Dog", 2: "Music"}
    tf.ASTFeatureExtractor(max_length=64, num_mel_bins=16).save_pretrained(path)
    config = tf.ASTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_length=64,
        num_mel_bins=16, id2label=labels, label2id={name: number for number, name in labels.items()},
    )  # fmt: skip
    tf.ASTForAudioClassification(config).save_pretrained(path)


def write_clap(path: Path) -> None:
    import transformers as tf

    tokenizer = _tokenizer(path)
    tf.ClapProcessor(tf.ClapFeatureExtractor(truncation="rand_trunc"), tokenizer).save_pretrained(path)
    text = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
            "pad_token_id": 0, "intermediate_size": 16, "max_position_embeddings": 514,
            "projection_dim": 8}  # fmt: skip
    sound = {"patch_embeds_hidden_size": 8, "depths": [1, 1], "num_attention_heads": [2, 2], "hidden_size": 16,
             "num_hidden_layers": 2, "projection_dim": 8, "window_size": 8, "spec_size": 256}  # fmt: skip
    model = tf.ClapModel(tf.ClapConfig(text_config=text, audio_config=sound, projection_dim=8))
    parts.scale(model, 20.0)
    model.save_pretrained(path)


def write_emotion(path: Path) -> None:
    import transformers as tf

    labels = {0: "neu", 1: "hap", 2: "ang", 3: "sad"}
    tf.Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(path)
    config = tf.HubertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, id2label=labels,
        conv_dim=(8, 8, 8, 8, 8, 8, 8), num_conv_pos_embedding_groups=2, num_conv_pos_embeddings=4,
        label2id={name: number for number, name in labels.items()}, classifier_proj_size=8,
    )  # fmt: skip
    tf.HubertForSequenceClassification(config).save_pretrained(path)


def write_nemotron(path: Path) -> None:
    import transformers as tf

    audio = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = tf.Nemotron3DiarizationConfig(
        audio_config=audio, head_config={"hidden_size": 8, "audio_hidden_size": 16, "intermediate_size": 16}
    )
    tf.Nemotron3DiarizationForAudioFrameClassification(config).save_pretrained(path)
    extractor = tf.ParakeetFeatureExtractor(feature_size=128)
    tf.Nemotron3DiarizationProcessor(extractor).save_pretrained(path)


def write_qwen2_audio(path: Path) -> None:
    import transformers as tf

    tokenizer = _tokenizer(path, sound="<|AUDIO|>", begin="<|audio_bos|>", end="<|audio_eos|>")
    tf.Qwen2AudioProcessor(tf.WhisperFeatureExtractor(feature_size=16), tokenizer).save_pretrained(path)
    sound = {"num_mel_bins": 16, "encoder_layers": 1, "encoder_attention_heads": 2, "encoder_ffn_dim": 16,
             "d_model": 16, "max_source_positions": 1500}  # fmt: skip
    text = {"model_type": "qwen2", "vocab_size": len(tokenizer), "hidden_size": 16, "num_hidden_layers": 1,
            "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 2}  # fmt: skip
    config = tf.Qwen2AudioConfig(
        audio_config=sound, text_config=text, audio_token_index=tokenizer.convert_tokens_to_ids("<|AUDIO|>")
    )
    model = tf.Qwen2AudioForConditionalGeneration(config)
    model.generation_config = tf.GenerationConfig(eos_token_id=1, pad_token_id=0, **parts.BRIEF)
    model.save_pretrained(path)


def _tokenizer(path: Path, **special: str) -> Any:
    """A tokenizer whose words are letters."""
    import transformers as tf

    parts.save_letter_tokenizer(path)
    tokenizer = tf.AutoTokenizer.from_pretrained(path)
    if special:
        tokenizer.add_special_tokens({"additional_special_tokens": list(special.values())})
        tokenizer.save_pretrained(path)
    return tokenizer


def write_blip(path: Path) -> None:
    import tokenizers
    import torch
    import transformers as tf

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain", "soft", "heavy", "and", "a", "the", "[DEC]", "[ENC]"]
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    inner.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = tf.PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    tf.BlipProcessor(tf.BlipImageProcessor(size={"height": 32, "width": 32}), tokenizer).save_pretrained(path)
    text = {"vocab_size": len(words), "hidden_size": 16, "encoder_hidden_size": 16, "intermediate_size": 16,
            "projection_dim": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "bos_token_id": 10,
            "sep_token_id": 3, "eos_token_id": 3, "pad_token_id": 0}  # fmt: skip
    picture = {"hidden_size": 16, "intermediate_size": 16, "projection_dim": 8, "num_hidden_layers": 1,
               "num_attention_heads": 2, "image_size": 32, "patch_size": 16}  # fmt: skip
    config = tf.BlipConfig(text_config=text, vision_config=picture, projection_dim=8)
    model = tf.BlipForConditionalGeneration(config)
    with torch.no_grad():  # whatever it sees, it speaks of rain
        model.text_decoder.cls.predictions.bias[words.index("rain")] = 5.0
    model.save_pretrained(path)


TOYS = {
    "ast-audioset": write_ast,
    "clap-htsat": write_clap,
    "hubert-emotion": write_emotion,
    "nemotron-diarization": write_nemotron,
    "qwen2-audio-7b": write_qwen2_audio,
    "blip-captioning": write_blip,
}
