"""Pictures of digits, drawn in a moment: no study on disk, no two alike."""

from __future__ import annotations

import functools
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont


@functools.cache
def digit_drawing(digit: int, variant: int) -> np.ndarray:
    rng = np.random.default_rng(variant)
    drawing = Image.new("L", (112, 112), 0)
    font = ImageFont.load_default(size=76 + 3 * variant)
    ImageDraw.Draw(drawing).text((56, 56), str(digit), fill=255, font=font, anchor="mm")
    drawing = drawing.rotate(float(rng.normal(0, 10)), resample=Image.Resampling.BILINEAR)
    small = drawing.filter(ImageFilter.GaussianBlur(2)).resize((28, 28), Image.Resampling.BILINEAR)
    return np.asarray(small, np.int16)


@functools.lru_cache(maxsize=4096)
def digit_picture(digit: int, row: int) -> bytes:
    rng = np.random.default_rng(row)
    noise = rng.integers(-20, 20, (28, 28), np.int16)
    picture = np.clip(np.roll(digit_drawing(digit, row % 7), row % 3 - 1, 1) + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", compress_level=1)
    return out.getvalue()
