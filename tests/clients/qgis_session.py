"""QGIS without a screen, for the scripts beside this, which the system's Python runs."""

import os
import sys
from contextlib import contextmanager

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import Qgis, QgsApplication


@contextmanager
def qgis():
    """QGIS begun; what it warned of is printed on standard error in the end.

    Nothing of QGIS may be left by then.
    """
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    complaints = []
    application.messageLog().messageReceived.connect(
        lambda text, tag, level: complaints.append(f"{tag}: {text}") if level > Qgis.Info else None
    )
    yield
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    application.exitQgis()
