"""The encoder, on small random models built here: embeddings and a classifier."""

from pathlib import Path

import pytest
from transformers import BertConfig, BertForSequenceClassification, BertModel

from bot.backends.models.encoder import ModelEncoder
from bot.domain.errors import ModelError
from tests.tiny import make_tokenizer

TEXTS = ["多少钱", "how much is the dress? " * 40, "", "有没有L码？", "多少钱"] * 9


def save(folder: Path, kind: type, **more: object) -> Path:
    """Write a small model of this kind."""
    tokenizer = make_tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=300, initializer_range=0.2, **more,
    )  # fmt: skip
    kind(config).save_pretrained(folder)  # type: ignore[attr-defined]
    tokenizer.save_pretrained(folder)
    return folder


def test_texts_become_vectors_of_length_one_in_order(tmp_path: Path) -> None:
    """Equal texts have equal vectors, whatever stands beside them; long and empty ones are read, too."""
    encoder = ModelEncoder.load(save(tmp_path, BertModel))
    vectors = encoder.encode(TEXTS)
    assert encoder.labels == () and len(vectors) == len(TEXTS) and len(vectors[0]) == 32
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert sum(x * x for x in vector) == pytest.approx(1.0 if text else 0.0, abs=1e-5)
    assert vectors[0] == pytest.approx(vectors[4], abs=1e-5)
    assert vectors[0] == pytest.approx(vectors[-1], abs=1e-5)
    (alone,) = encoder.encode(["有没有L码？"])
    assert alone == pytest.approx(vectors[3], abs=1e-5)
    assert encoder.encode([]) == []


def test_a_classifier_gives_probabilities_of_its_labels(tmp_path: Path) -> None:
    """In the order of its labels; each row sums to one."""
    names = {0: "question", 1: "chatter", 2: "spam"}
    encoder = ModelEncoder.load(save(tmp_path, BertForSequenceClassification, id2label=names, num_labels=3))
    rows = encoder.encode(TEXTS)
    assert encoder.labels == ("question", "chatter", "spam")
    assert all(sum(row) == pytest.approx(1.0, abs=1e-5) and len(row) == 3 for row in rows)


def test_a_folder_that_is_no_encoder_names_the_fix(tmp_path: Path) -> None:
    """And the folder."""
    with pytest.raises(ModelError, match="--encoder"):
        ModelEncoder.load(tmp_path)
