"""The closing package (归档材料包): cover, index, history, every accepted file, and checksums over all of it.

Built from the register and the evidence store; verified from the file alone, on a machine that has neither.
"""

from tracker.archive.building import BuiltPackage, EvidenceAltered, PlaceNotWritable, build_package
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
    "verify_package",
]
