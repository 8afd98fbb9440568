"""How the core's inner loops are compiled: once, kept on disk, free of the interpreter's lock."""

from numba import njit

# Division by zero gives an infinity instead of an error path at every division; several threads may
# search at once, for compiled functions share nothing but read-only arrays.
compiled = njit(cache=True, error_model="numpy", nogil=True)
