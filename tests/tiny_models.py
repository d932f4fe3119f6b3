"""Tiny real transformers models with random weights, built on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for m in messages %}<|turn|>{{ m['role'] }} {{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>assistant {% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"


def tokenizer(folder: Path, template: str | None) -> int:
    """Train a small byte-level tokenizer, save it and give its vocabulary's size."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    fast: Any = PreTrainedTokenizerFast
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=["<|pad|>", "<|turn|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    raw.train_from_iterator(["The ships wait. The port is open."], trainer)
    wrapped = fast(
        tokenizer_object=raw, pad_token="<|pad|>", eos_token="<|end|>", bos_token="<|turn|>"
    )
    wrapped.chat_template = template
    wrapped.save_pretrained(folder)
    return len(wrapped)


_MARKS: dict[str, Any] = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}


def _saved(model: Any, folder: Path, **wishes: Any) -> Path:
    """Save a model whose own settings ask for how it is to generate."""
    from transformers import GenerationConfig

    settings: Any = GenerationConfig
    model.generation_config = settings(pad_token_id=0, **wishes)
    model.save_pretrained(folder)
    return folder


def build_causal(
    folder: Path, template: str | None = TEMPLATE, window: int = 256, layers: int = 2
) -> Path:
    """Save a tiny random chat model whose own settings ask for sampling and penalties."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(7)
    config = Qwen2Config(
        vocab_size=tokenizer(folder, template),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=window,
        **_MARKS,
    )
    return _saved(
        Qwen2ForCausalLM(config), folder, do_sample=True, temperature=0.7, top_p=0.8, top_k=20,
        repetition_penalty=5.0, min_length=200, eos_token_id=[2],
    )  # fmt: skip


def build_seq2seq(folder: Path) -> Path:
    """Save a tiny random encoder-decoder model whose own settings ask for beams."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration

    torch.manual_seed(7)
    config = BartConfig(
        vocab_size=tokenizer(folder, None),
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=128,
        decoder_start_token_id=2,
        forced_eos_token_id=2,
        **_MARKS,
    )
    return _saved(
        BartForConditionalGeneration(config), folder, num_beams=4, length_penalty=2.0,
        no_repeat_ngram_size=3, max_length=60, min_length=10, early_stopping=True,
        decoder_start_token_id=2, eos_token_id=2,
    )  # fmt: skip


def build_t5(folder: Path) -> Path:
    """Save a tiny random T5, which knows its task by a prefix and has no window."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(7)
    settings: Any = T5Config
    config = settings(
        vocab_size=tokenizer(folder, None),
        d_model=32,
        d_kv=16,
        d_ff=64,
        num_layers=2,
        num_heads=2,
        eos_token_id=2,
        pad_token_id=0,
        decoder_start_token_id=0,
        task_specific_params={"summarization": {"prefix": "summarize: "}},
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def build_adapter(folder: Path, model: Path, *, rank: int = 4, alpha: float = 8) -> Path:
    """Save a random LoRA adapter of a model's attention and MLP in the PEFT library's layout."""
    import json

    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(11)
    loaded: Any = AutoModelForCausalLM.from_pretrained(model)
    tensors = {}
    for name, module in loaded.named_modules():
        if name.endswith("_proj"):
            out, into = module.weight.shape
            tensors[f"base_model.model.{name}.lora_A.weight"] = torch.randn(rank, into)
            tensors[f"base_model.model.{name}.lora_B.weight"] = torch.randn(out, rank)
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {"peft_type": "LORA", "r": rank, "lora_alpha": alpha, "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    return folder
