"""Files that the demo's people hand in: small, readable, made on the spot."""

from __future__ import annotations

from pathlib import Path

OFFICE = "云岭市生态环境综合执法支队（演示单位）"


def write_note(folder: Path, name: str, lines: list[str]) -> Path:
    """A text file."""
    path = folder / f"{name}.txt"
    path.write_text("\n".join([OFFICE, "", *lines, ""]), encoding="utf-8")
    return path


def write_pdf(folder: Path, name: str, lines: list[str]) -> Path:
    """A page of PDF. Its font is one that every viewer for Chinese has; none is embedded."""
    path = folder / f"{name}.pdf"
    path.write_bytes(_pdf([OFFICE, "", *lines]))
    return path


def _pdf(lines: list[str]) -> bytes:
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines)
    content = f"BT /F1 14 Tf 22 TL 72 760 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
        b"/DescendantFonts [6 0 R] >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 859 /Descent -141 "
        b"/CapHeight 683 /StemV 93 /FontBBox [-25 -254 1000 880] >>",
    ]
    return _assemble(objects)


def _assemble(objects: list[bytes]) -> bytes:
    """Number the objects and say at the end where each one begins."""
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        data
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    )
