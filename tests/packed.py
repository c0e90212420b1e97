"""Small pictures and archives of them, honest ones and others."""

import io
import tarfile
import zipfile

from PIL import Image


def encoded(shade, form="PNG", size=(4, 3)):
    """Return a gray picture as it is saved."""
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(stream, form)
    return stream.getvalue()


def shades(samples):
    """Return the shade of each picture of some samples."""
    return [int(samples.inputs[row][0, 0, 0]) for row in range(len(samples.inputs))]


def write_zip(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path.resolve()


def write_tar(path, members):
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path.resolve()
