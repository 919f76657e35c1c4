"""The encoder: a model behind the worker that reads texts. Embeddings, or a classifier's probabilities.

Any encoder of Hugging Face: with a classification head it gives its labels' probabilities, without one the mean of its
last hidden states, of length 1 (as sentence-transformers models are trained to be used: Reimers and Gurevych 2019).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from bot.domain.errors import ModelError

BATCH = 32  # texts computed together
LONGEST = 256  # tokens of a text that are read


class ModelEncoder:
    """An encoder in this process. Implements the port `Encoder`.

    Attributes:
        name: the model's folder name.
        labels: of a classifier, () for embeddings.
    """

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        self._model, self._tokenizer, self.name = model, tokenizer, name
        heads = any("ForSequenceClassification" in kind for kind in model.config.architectures or ())
        names: dict[int, str] = model.config.id2label if heads else {}
        self.labels = tuple(names[i] for i in sorted(names))

    @classmethod
    def load(cls, folder: Path, *, device: str = "cpu") -> "ModelEncoder":
        """Load a model folder. Raises ModelError naming it and the fix."""
        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True)
            heads = any("ForSequenceClassification" in kind for kind in config.architectures or ())
            kind: Any = AutoModelForSequenceClassification if heads else AutoModel
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = kind.from_pretrained(folder, dtype=torch.float32, local_files_only=True).to(device).eval()
        except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
            raise ModelError(
                f"the encoder in {folder} cannot be loaded: {' '.join(str(error).split())}. Fix: check --encoder."
            ) from error
        return cls(model, tokenizer, name=folder.name)

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """See `Encoder`. Texts of like length are computed together. Where nothing can be read, all is 0."""
        found: dict[int, tuple[float, ...]] = {}
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            batch = self._tokenizer(
                [texts[place] for place in places], padding=True, truncation=True, max_length=LONGEST,
                return_tensors="pt",
            ).to(self._model.device)  # fmt: skip
            out = self._model(**batch)
            if self.labels:
                rows = out.logits.float().softmax(-1)
            else:
                mask = batch["attention_mask"][..., None].float()
                mean = (out.last_hidden_state.float() * mask).sum(1) / mask.sum(1).clamp(min=1.0)
                rows = torch.nn.functional.normalize(mean, dim=-1)
            found |= dict(zip(places, map(tuple, rows.tolist()), strict=True))
        return [found[place] for place in range(len(texts))]
