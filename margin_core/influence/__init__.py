"""Step 4 of the protocol: high-pass filter the signal and read its magnitude as influence.

`HighPass` is the filter of the paper's text; `PaperAppendixFilter` is the code printed in its appendix, which is a
different filter (a low-pass in effect) and is there to reproduce it.
"""

from margin_core.influence.high_pass import HighPass
from margin_core.influence.paper_appendix import PaperAppendixFilter

FILTERS: tuple[type[HighPass] | type[PaperAppendixFilter], ...] = (HighPass, PaperAppendixFilter)

__all__ = ["FILTERS", "HighPass", "PaperAppendixFilter"]
