"""The process that converts the embedded writer: `python -m summarizer.models.conversion`.

Takes the models folder and the recipe's path. Standard output is one JSON object a line,
{"stage", "done"} or {"error", "permanent"}; it ends when its standard input closes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

from summarizer.models.packaged import (
    MANIFEST,
    Part,
    Progress,
    Recipe,
    find_part,
    is_converted,
    load_recipe,
    lock_path,
    partial_folder,
)
from summarizer.write import WriterUnavailable

_CHUNK = 4 * 1024 * 1024


def join_parts(recipe: Recipe, target: Path, progress: Progress) -> None:
    """Write the parts in order to `target`, each checked, then the whole.

    Raises WriterUnavailable, one line, for a part that is missing or is not what its sum says.
    """
    whole = hashlib.sha256()
    written = 0
    with target.open("wb") as out:
        for part in recipe.parts:
            path = find_part(part)
            if path is None:
                raise _broken(part, "is not installed")
            digest = hashlib.sha256()
            with path.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    whole.update(chunk)
                    out.write(chunk)
                    written += len(chunk)
            if digest.hexdigest() != part.sha256:
                raise _broken(part, "is not the file that was checked")
            progress("checking the parts", written / recipe.size)
    if written != recipe.size or whole.hexdigest() != recipe.sha256:
        raise WriterUnavailable(
            f"the writer's parts do not add up to {recipe.name}: reinstall this release",
            permanent=True,
        )


def check_space(folder: Path, needed: int) -> None:
    """Raise WriterUnavailable when the disk under `folder` has fewer than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise WriterUnavailable(
            f"converting the writer needs {needed / 1e9:.1f} GB in {folder}, {free / 1e9:.1f} GB "
            "are free: make room, or name another folder with GEOBRIEF_MODELS",
            permanent=False,
        )


def unpack(gguf: Path, target: Path, *, shared_table: bool, progress: Progress) -> None:
    """Convert a GGUF file to a transformers folder: float16 safetensors and tokenizer."""
    progress("loading the libraries", 0.06)
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    noise: Any = logging  # untyped
    noise.set_verbosity_error()
    torch.set_num_threads(2)
    progress("converting the tokenizer", 0.12)
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    tokenizer.save_pretrained(target)
    progress("unpacking the weights", 0.35)
    model: Any = AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name, dtype=torch.float16
    )
    # The weights are plain floats now, but the model still says that it is quantized, and
    # save_pretrained refuses such a model.
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    if shared_table:
        model.config.tie_word_embeddings = True
        model.get_input_embeddings().weight = model.get_output_embeddings().weight
        model.tie_weights()
    progress("saving", 0.9)
    model.save_pretrained(target)


def convert_here(models_folder: Path, recipe: Recipe, progress: Progress) -> None:
    """Convert in this process, under the lock; nothing shows in the folder before it is whole."""
    from filelock import FileLock, Timeout

    models_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(lock_path(models_folder, recipe))
    while True:
        try:
            lock.acquire(timeout=1)
            break
        except Timeout:
            progress("waiting for another process that converts", 0.0)
    with lock:
        if is_converted(models_folder, recipe):
            return
        partial = partial_folder(models_folder, recipe)
        shutil.rmtree(partial, ignore_errors=True)
        check_space(models_folder, recipe.disk_bytes)
        try:
            _convert_into(partial, recipe, progress)
            _publish(partial / "model", models_folder / recipe.folder_name)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    progress("converted", 1.0)


def _convert_into(partial: Path, recipe: Recipe, progress: Progress) -> None:
    model = partial / "model"
    model.mkdir(parents=True)
    gguf = partial / "joined.gguf"
    join_parts(recipe, gguf, lambda stage, done: progress(stage, 0.05 * done))
    unpack(gguf, model, shared_table=recipe.shared_table, progress=progress)
    sizes = {path.name: path.stat().st_size for path in sorted(model.iterdir())}
    manifest = {"name": recipe.name, "gguf_sha256": recipe.sha256, "files": sizes}
    (model / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def _publish(source: Path, target: Path) -> None:
    for path in source.iterdir():  # on disk before the name is: a power cut must not fool us
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    shutil.rmtree(target, ignore_errors=True)
    source.rename(target)


def _broken(part: Part, what: str) -> WriterUnavailable:
    return WriterUnavailable(
        f"{part.distribution} {part.version} {what}: python -m pip install --no-deps "
        f"--force-reinstall {part.distribution}=={part.version}",
        permanent=True,
    )


def _report(**values: object) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    while os.read(0, 1024):  # not sys.stdin: its lock would be held when the interpreter ends
        continue
    os._exit(1)


def main(arguments: list[str]) -> int:
    """Convert and report; 0 when the folder is whole."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    folder, recipe = Path(arguments[0]), load_recipe(Path(arguments[1]))
    try:
        convert_here(folder, recipe, lambda stage, done: _report(stage=stage, done=round(done, 3)))
    except WriterUnavailable as error:
        _report(error=str(error), permanent=error.permanent)
        return 1
    except OSError as error:
        _report(error=f"converting the writer failed: {error}", permanent=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
