"""Word documents built from the XML up, so that a test says exactly what stands in the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    }.items()
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def text_run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str = "", properties: str = "", inner: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{text_run(text) if text else ''}{inner}</w:p>"


def numbered(text: str = "", number_id: int = 1, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number_id}"/></w:numPr>')


def cell(
    text: str = "", *, merge: str = "", span: int = 1, inner: str | None = None, properties: str = ""
) -> str:
    """`merge` is restart, continue, or nothing; `inner` replaces the paragraph."""
    width = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    down = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[merge]
    return f"<w:tc><w:tcPr>{width}{down}{properties}</w:tcPr>{paragraph(text) if inner is None else inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def table(*rows: str, columns: int = 0) -> str:
    """`columns` of the declared grid; 0 leaves the grid out."""
    grid = f"<w:tblGrid>{'<w:gridCol/>' * columns}</w:tblGrid>" if columns else ""
    return f"<w:tbl><w:tblPr/>{grid}{''.join(rows)}</w:tbl>"


def numbering(*levels: tuple[str, str], overrides: Mapping[int, int] | None = None) -> str:
    """One list of the given (format, pattern) levels as number 1; `overrides` gives numbers that start anew."""
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (style, pattern) in enumerate(levels)
    )
    uses = "".join(
        f'<w:num w:numId="{number_id}"><w:abstractNumId w:val="0"/>'
        f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        for number_id, start in (overrides or {}).items()
    )
    first = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return f'<w:abstractNum w:abstractNumId="0">{written}</w:abstractNum>{first}{uses}'


def build_docx(
    *body: str,
    numbering: str = "",
    styles: str = "",
    footnotes: str = "",
    headers: Sequence[str] = (),
    extra: Mapping[str, bytes] | None = None,
    main_type: str = "document.main",
) -> bytes:
    """A `.docx` of the given body XML and parts."""
    parts = {"styles": styles, "numbering": numbering, "footnotes": footnotes}
    written = {f"word/{name}.xml": (name, name, content) for name, content in parts.items() if content}
    written |= {f"word/header{n}.xml": ("header", "hdr", text) for n, text in enumerate(headers, start=1)}
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{path.removeprefix("word/")}"/>'
        for n, (path, (kind, _, _)) in enumerate(written.items())
    )
    members: dict[str, bytes] = {
        "[Content_Types].xml": _package(
            "Types",
            "content-types",
            f'<Override PartName="/word/document.xml" ContentType="{_WORD_TYPE}.{main_type}+xml"/>',
        ),
        "_rels/.rels": _package(
            "Relationships",
            "relationships",
            f'<Relationship Id="r0" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>',
        ),
        "word/_rels/document.xml.rels": _package("Relationships", "relationships", links),
        "word/document.xml": _part("document", f"<w:body>{''.join(body)}</w:body>"),
    }
    members |= {path: _part(root, content) for path, (_, root, content) in written.items()}
    return zip_of(members | dict(extra or {}))


def _package(root: str, name: str, content: str) -> bytes:
    address = f"http://schemas.openxmlformats.org/package/2006/{name}"
    return f'<?xml version="1.0"?><{root} xmlns="{address}">{content}</{root}>'.encode()


def _part(root: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {_NAMESPACES}>{content}</w:{root}>'.encode()


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """A zip of the given members, compressed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()
