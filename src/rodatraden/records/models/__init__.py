"""What must never be lost or altered."""

from rodatraden.records.models.keeping import (
    AccessAnswer,
    AccessRequest,
    DiaryAttachment,
    DiaryCase,
    DiaryDocument,
    HandedOut,
    IdempotencyKey,
    LetOut,
    MaskedCopy,
    OutboxMail,
    SecrecyAssessment,
    SecrecyClaim,
    StampTrial,
    StoredFile,
    WaitingWork,
)
from rodatraden.records.models.ledger import (
    LedgerBody,
    LedgerEntry,
    LedgerHead,
    LedgerTile,
)
from rodatraden.records.models.reading import Reading
from rodatraden.records.models.scanning import FileScan, ScanMark

__all__ = [
    "AccessAnswer",
    "AccessRequest",
    "DiaryAttachment",
    "DiaryCase",
    "DiaryDocument",
    "FileScan",
    "HandedOut",
    "IdempotencyKey",
    "LedgerBody",
    "LedgerEntry",
    "LedgerHead",
    "LedgerTile",
    "LetOut",
    "MaskedCopy",
    "OutboxMail",
    "Reading",
    "ScanMark",
    "SecrecyAssessment",
    "SecrecyClaim",
    "StampTrial",
    "StoredFile",
    "WaitingWork",
]
