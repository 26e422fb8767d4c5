"""The few errors that abm_ml raises. They are turned into messages once, in the doors."""

from __future__ import annotations


class AbmError(Exception):
    """Anything that abm_ml refuses to do, in one sentence that names the remedy."""


class DataError(AbmError):
    """Input data cannot be used: names file, row, column, value and remedy."""


class ParamsError(AbmError, ValueError):
    """A setting is unknown, out of range, or contradicts another."""


class ArtefactError(AbmError):
    """A saved model or table is missing, changed since it was written, or not ours."""


class OutputError(AbmError):
    """A result could not be written; what was there before is untouched."""
