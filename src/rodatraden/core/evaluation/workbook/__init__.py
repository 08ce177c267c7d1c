"""A case as an Excel workbook: the model in words, the bids to fill in, the result with each step, and back again.

The sheets are Swedish, whatever language the pages have, since they go to people outside: Modell, Anbud, Uppdrag (for
criteria counted in months), Resultat and Data. What is counted is the model on the sheet Data; the words on Modell follow
from it. `openpyxl` is read only when a workbook is written or read.
"""

from rodatraden.core.evaluation.workbook.cells import CellFault, Fault
from rodatraden.core.evaluation.workbook.columns import Column, Holds, bid_columns, in_column
from rodatraden.core.evaluation.workbook.reading import Found, Noted, read_workbook
from rodatraden.core.evaluation.workbook.writing import WorkbookError, write_workbook

__all__ = [
    "CellFault",
    "Column",
    "Fault",
    "Found",
    "Holds",
    "Noted",
    "WorkbookError",
    "bid_columns",
    "in_column",
    "read_workbook",
    "write_workbook",
]
