"""Measurements side by side with other ways: ratios taken in one run, on one core of one machine."""

import os

# Before numpy and numba are loaded anywhere: one core for all.
for _name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
