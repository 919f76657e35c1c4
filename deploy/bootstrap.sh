#!/bin/sh
# Make a virtual environment and install zhubo into it.   bootstrap.sh VENV REQUIREMENT
# Needs Python >= 3.11 and nothing else. PYTHON names another interpreter; TORCH_INDEX another index for torch.
set -eu
venv=$1
what=$2

find_python() {
  for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if command -v "$python" >/dev/null 2>&1 &&
      "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  echo "zhubo needs Python 3.11 or newer. Fix: install it, or name it: make demo PYTHON=/path/to/python3" >&2
  echo "需要 Python 3.11 或更新版本。请先安装，或指定：make demo PYTHON=/路径/python3" >&2
  exit 1
}

if [ ! -x "$venv/bin/python" ]; then
  python=$(find_python)
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    # Debian and Ubuntu ship Python without its venv module.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      echo "installing the system package python3-venv"
      apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
    else
      echo "This Python has no venv module. Fix: sudo apt install python3-venv, then run the same command again." >&2
      echo "这个 Python 缺少 venv 模块。请运行：sudo apt install python3-venv，然后重试。" >&2
      exit 1
    fi
  fi
  echo "making $venv with $("$python" --version)"
  "$python" -m venv "$venv"
fi

pip="$venv/bin/python -m pip --disable-pip-version-check"
if ! "$venv/bin/python" -c 'import importlib.metadata as m, sys; sys.exit(not m.version("torch").startswith("2.13."))' 2>/dev/null; then
  # Without an NVIDIA GPU the CPU build saves gigabytes on Linux; where its index cannot be reached pip's own setting decides.
  extra=""
  index=${TORCH_INDEX:-https://download.pytorch.org/whl/cpu}
  if [ "$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null 2>&1 &&
    "$venv/bin/python" -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1] + "/torch/", timeout=4)' "$index" 2>/dev/null; then
    extra="--extra-index-url $index"
  fi
  echo "installing torch (the largest part) / 正在安装 torch（最大的一块）"
  # shellcheck disable=SC2086
  $pip install --quiet $extra "torch==2.13.*"
fi
echo "installing zhubo and the rest / 正在安装其余依赖"
# shellcheck disable=SC2086
$pip install --quiet --editable "$what"
