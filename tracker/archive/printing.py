"""What a document can hold. Apart from what writes Word, for whoever writes something else."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text without the control characters that XML refuses."""
    return "".join(
        character
        for character in text
        if character in "\t\n"
        or (character >= " " and not "\ud800" <= character <= "\udfff" and character < "\ufffe")
        or character > "\uffff"
    )
