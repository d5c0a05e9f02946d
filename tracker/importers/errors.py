"""Why a file cannot be taken in: one Chinese sentence each, saying what, where, and what would be accepted."""

from __future__ import annotations

from tracker.errors import SourceRefused


class SourceUnreadable(SourceRefused):
    """The file cannot be read at all. The command line ends with exit code 3; nothing was written."""


class SourceMissing(SourceUnreadable):
    """There is no such file, it is a folder, or the system does not let us open it."""


class SourceEmpty(SourceUnreadable):
    """The file holds nothing."""


class SourceTooLarge(SourceUnreadable):
    """A limit of `ReadLimits` was passed: bytes, unzipped bytes, members, rows or cells."""


class SourceUnsupported(SourceUnreadable):
    """The file is of a kind that is not read: PDF, picture, `.wps`, presentation, archive."""


class SourceEncrypted(SourceUnreadable):
    """The file asks for a password."""


class SourceHasMacros(SourceUnreadable):
    """The file carries a program. It is refused unread."""


class SourceDamaged(SourceUnreadable):
    """The file is cut short, or says one thing and holds another."""


class EncodingUnknown(SourceUnreadable):
    """The text is neither UTF-8, nor UTF-16 with its mark, nor GB18030."""


class ConversionFailed(SourceUnreadable):
    """LibreOffice was there and could not turn the `.doc` into a `.docx` in time."""


class SourceClassified(SourceUnreadable):
    """The document bears a mark of secrecy (保守国家秘密法): it does not belong in this system."""

    def __init__(self, name: str, mark: str, where: str) -> None:
        self.mark = mark
        self.where = where
        super().__init__(
            f"文件“{name}”{where}标有密级“{mark}”，涉密文件不得导入本系统，请按保密规定办理，只导入非涉密的责任分解表。"
        )
