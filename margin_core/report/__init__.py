"""An audit as one document: an HTML file that needs no network, no server and no script, to be read, printed or sent.

`collect_report` gathers what is known of an opened study, `render_report` turns it into the text of the file, and
`write_report` writes that.
"""

from margin_core.report.collect import MAX_FINDINGS, Report, collect_report
from margin_core.report.document import render_report
from margin_core.report.write import write_report

__all__ = ["MAX_FINDINGS", "Report", "collect_report", "render_report", "write_report"]
