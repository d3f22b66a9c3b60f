#!/usr/bin/env python3
"""Compares the text we take out of office files with LibreOffice's (.docx) and poppler's (.pdf).

    cargo build -p shenyan-read --example text
    tools/compare-text.py [--show] FILE...

Needs `soffice` and `pdftotext`. White space does not count, nor which of two characters for one
glyph a PDF uses (NFKC). Headers, footers and footnotes count where the other program writes them
out too. Exits 1 if a .docx is less alike than 0.99 or a .pdf than 0.97.
"""
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
READER = TARGET / "debug" / "examples" / "text"


def norm(text):
    text = unicodedata.normalize("NFKC", text.replace("\ufeff", "").replace("\u200b", ""))
    return "".join(c for c in text if not c.isspace())


def theirs(path, folder):
    if path.suffix.lower() == ".pdf":
        return subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode("utf-8", "replace")
    subprocess.run(["soffice", "--headless", "--convert-to", "txt:Text", "--outdir", folder, path], capture_output=True, check=True)
    return (pathlib.Path(folder) / (path.stem + ".txt")).read_text("utf-8")


def main():
    show = "--show" in sys.argv
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in map(pathlib.Path, (a for a in sys.argv[1:] if a != "--show")):
            ran = subprocess.run([READER, path], capture_output=True)
            if not ran.stdout:
                print(f"refused  {path.name}: {ran.stderr.decode().split(': ', 1)[-1].strip()}")
                continue
            a, b = norm(ran.stdout.decode()), norm(theirs(path, folder))
            matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
            ratio = matcher.ratio()
            bad += ratio < (0.97 if path.suffix.lower() == ".pdf" else 0.99)
            print(f"{ratio:.4f}   {path.name}  ({len(a)} : {len(b)} characters)")
            if show:
                for what, i, j, k, l in matcher.get_opcodes():
                    if what != "equal":
                        print(f"    …{a[max(0, i - 8):i]}  ours {a[i:j][:60]!r}  theirs {b[k:l][:60]!r}")
    sys.exit(bad > 0)


main()
