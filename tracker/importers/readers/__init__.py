"""The readers: one file in, its paragraphs and grids out, and what was noticed on the way.

They know formats and nothing of responsibility tables. What a file is, its content decides; what cannot be read is
refused with one Chinese sentence before anything is written. No reader runs anything that a file brings along.
"""

from tracker.importers.readers.limits import ReadLimits
from tracker.importers.readers.reading import read_source, read_source_bytes

__all__ = ["ReadLimits", "read_source", "read_source_bytes"]
