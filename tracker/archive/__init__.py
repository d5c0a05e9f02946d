"""The closing package (归档材料包): cover, index, history, every accepted file, and checksums over all of it.

Built from the register and the evidence store; verified from the file alone, on a machine that has neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.archive.building import (
        BuiltPackage,
        EvidenceAltered,
        PlaceNotWritable,
        build_package,
        record_package,
    )
    from tracker.archive.verifying import (
        PackageDamaged,
        PackageMissing,
        PackageReport,
        VerifiedPackage,
        verify_package,
    )

__all__ = [
    "BuiltPackage",
    "EvidenceAltered",
    "PackageDamaged",
    "PackageMissing",
    "PackageReport",
    "PlaceNotWritable",
    "VerifiedPackage",
    "build_package",
    "record_package",
    "verify_package",
]

# Loaded when first asked for: the names and checksums of packages are wanted without python-docx.
_HOME = {
    "BuiltPackage": "building",
    "EvidenceAltered": "building",
    "PackageDamaged": "verifying",
    "PackageMissing": "verifying",
    "PackageReport": "verifying",
    "PlaceNotWritable": "building",
    "VerifiedPackage": "verifying",
    "build_package": "building",
    "record_package": "building",
    "verify_package": "verifying",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
