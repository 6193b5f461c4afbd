"""The pieces of words that MiniLM knows."""

from __future__ import annotations

import json

from jtai_reports.minilm import model_folder


def minilm_pieces() -> list[str]:
    """MiniLM's pieces of words in the order of their numbers."""
    known = json.loads((model_folder() / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    return sorted(known, key=known.__getitem__)
