"""A model's files from a model hub, by name: from the local cache first, then the network.

Knows how a hub that is absent, slow or refusing looks, and says so within seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from summarizer.write import Stop, WriterStopped, WriterUnavailable

_FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]
_ANSWER_SECONDS = 4.0


def fetch(model_id: str, revision: str | None, *, stop: Stop, endpoint: str | None = None) -> Path:
    """Give the folder that holds the model, downloaded when the cache lacks it.

    `endpoint` is another hub's address. Never asks the network when HF_HUB_OFFLINE is set.
    Raises WriterUnavailable when the hub does not answer or refuses, WriterStopped when
    `stop()` became true during the download (what was downloaded stays for the next try).
    """
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(
                model_id, revision=revision, allow_patterns=_FILES, local_files_only=True
            )
        )
    except HFValidationError as error:
        raise WriterUnavailable(
            f"{model_id!r} is neither a folder nor the name of a model on a hub", permanent=True
        ) from error
    except LocalEntryNotFoundError:
        if constants.is_offline_mode():
            raise WriterUnavailable(
                f"the model {model_id} is not on this machine and HF_HUB_OFFLINE is set: "
                "unset it once to download the model, or name a folder",
                permanent=True,
            ) from None
    return _download(model_id, revision, stop, endpoint)


def _download(model_id: str, revision: str | None, stop: Stop, endpoint: str | None) -> Path:
    from huggingface_hub import HfApi, errors, snapshot_download

    # The hub's own HTTP library differs between its releases; this is that library's root.
    transport: Any = vars(errors)["HTTPError"]
    try:
        # One question with a short limit first: the download itself retries for minutes.
        HfApi(endpoint=endpoint).model_info(model_id, revision=revision, timeout=_ANSWER_SECONDS)
        folder = snapshot_download(
            model_id,
            revision=revision,
            endpoint=endpoint,
            allow_patterns=_FILES,
            tqdm_class=_silent_bar(stop),
        )
    except (errors.GatedRepoError, errors.RepositoryNotFoundError) as error:
        raise WriterUnavailable(
            f"the hub has no model {model_id} for us: check the name, and that its terms are "
            "accepted if it has any",
            permanent=True,
        ) from error
    except errors.RevisionNotFoundError as error:
        raise WriterUnavailable(
            f"the hub's model {model_id} has no revision {revision}", permanent=True
        ) from error
    except (transport, OSError) as error:
        raise WriterUnavailable(
            f"the model {model_id} is not on this machine and the hub does not answer "
            f"({type(error).__name__}): check the network, or name a folder",
            permanent=False,
            retry_after=600,
        ) from error
    return Path(folder)


def _silent_bar(stop: Stop) -> Any:
    from huggingface_hub import utils

    bar: Any = vars(utils)["tqdm"]

    class SilentBar(bar):  # type: ignore[misc]  # the library's class has no types
        """Draws nothing; its updates are the only place where a download can be ended."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*arguments, **options | {"disable": True})

        def update(self, n: float | None = 1) -> Any:
            if stop():
                raise WriterStopped
            return super().update(n)

    return SilentBar
