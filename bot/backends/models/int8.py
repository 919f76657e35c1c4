"""int8 on a CPU: weights of linear layers in eight bits, one scale for each output channel, activations as they come.

The last projection of each feed-forward block and the output layer stay as they are: their outliers carry what the
model says, and with them in int8 a small model talks nonsense. torch's "x86" kernels; the call is deprecated in
favour of a library that gains nothing on CPUs yet, and torch is pinned.
"""

import warnings
from typing import Any

import torch
from torch.ao import quantization

KEPT = ("down_proj", "lm_head", "c_proj", "fc2", "dense_4h_to_h")


def quantise(model: Any) -> None:
    """Quantise a loaded fp32 model in place."""
    names = [name for name, part in model.named_modules() if isinstance(part, torch.nn.Linear)]
    chosen = [name for name in names if name.rpartition(".")[2] not in KEPT]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.backends.quantized.engine = "x86"
        plan = dict.fromkeys(chosen, quantization.per_channel_dynamic_qconfig)
        quantization.quantize_dynamic(model, plan, dtype=torch.qint8, inplace=True)  # type: ignore[no-untyped-call]
