"""Word 97 documents: turned into `.docx` by LibreOffice where it is installed, refused with advice where not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tracker.importers.errors import ConversionFailed, SourceUnsupported

_ADVICE = "请用 Word 或 WPS 另存为 .docx 后再导入"


def convert_to_docx(data: bytes, name: str, *, seconds: float) -> bytes:
    """Return the document as `.docx`. Raises SourceUnsupported without LibreOffice, else ConversionFailed."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise SourceUnsupported(f"文件“{name}”是旧版 Word 文档（.doc），无法直接读取，{_ADVICE}。")
    with tempfile.TemporaryDirectory(prefix="dingban-") as folder:
        source, target = Path(folder, "source.doc"), Path(folder, "source.docx")
        source.write_bytes(data)
        _run(office, source, name, seconds)
        if not target.is_file():
            raise ConversionFailed(f"文件“{name}”是旧版 Word 文档，LibreOffice 没能转换它，{_ADVICE}。")
        return target.read_bytes()


def _run(office: str, source: Path, name: str, seconds: float) -> None:
    """A profile of its own: one that is in use elsewhere would make LibreOffice hand the work over and leave."""
    profile = source.with_name("profile").as_uri()
    command = [
        office,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx",
    ]
    try:
        with subprocess.Popen(  # noqa: S603 -- a fixed command on a file that we wrote ourselves
            [*command, "--outdir", str(source.parent), str(source)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            code = _wait(process, seconds)
    except OSError as error:
        raise ConversionFailed(f"文件“{name}”是旧版 Word 文档，LibreOffice 启动不了，{_ADVICE}。") from error
    if code is None:
        raise ConversionFailed(
            f"文件“{name}”是旧版 Word 文档，LibreOffice 转换超过{seconds:g}秒，{_ADVICE}。"
        )
    if code != 0:
        raise ConversionFailed(f"文件“{name}”是旧版 Word 文档，LibreOffice 没能转换它，{_ADVICE}。")


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code; None when the time is up. `soffice` is a script: what it started has to end with it."""
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
