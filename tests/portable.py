"""Run the tests as on other machines: python tests/portable.py [arguments of pytest].

`narrow`: no library adds with vector units that another processor may not have, in one thread. `threads`: four of them.
In both, hash seed, time zone and (in one) locale are others. Whatever is red here rests on one machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

from numpy._core import _multiarray_umath as units

ROOT = Path(__file__).resolve().parents[1]
X86 = {
    "ATEN_CPU_CAPABILITY": "default",
    "FAISS_SIMD_LEVEL": "NONE",
    "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
    "NUMBA_CPU_NAME": "generic",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "OPENBLAS_CORETYPE": "Nehalem",
}
SETTINGS = {
    "narrow": {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"},
    "threads": {"OMP_NUM_THREADS": "4", "PYTHONHASHSEED": "123", "TZ": "America/St_Johns", "LC_ALL": "C"},
}


def narrow() -> dict[str, str]:
    """Name the vector units that no library shall use; NumPy complains about those that are not there."""
    there = [unit for unit in units.__cpu_dispatch__ if units.__cpu_features__.get(unit)]
    disabled = {"NPY_DISABLE_CPU_FEATURES": " ".join(there)} if there else {}
    return disabled | (X86 if platform.machine() in ("x86_64", "AMD64") else {})


def main() -> int:
    """Run the tests under each setting; answer 1 if any run was red."""
    asked = ["-n", "2", *sys.argv[1:]]
    red = []
    for name, setting in SETTINGS.items():
        changed = setting | (narrow() if name == "narrow" else {})
        print(f"\n===== {name}: " + " ".join(f"{key}={value!r}" for key, value in changed.items()), flush=True)
        if subprocess.run([sys.executable, "-m", "pytest", *asked], cwd=ROOT, env=os.environ | changed).returncode:
            red.append(name)
    print(f"\nFailed: {' '.join(red)}" if red else f"\nPassed: {' '.join(SETTINGS)}")
    return bool(red)


if __name__ == "__main__":
    sys.exit(main())
