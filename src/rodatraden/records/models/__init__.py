"""What must never be lost or altered."""

from rodatraden.records.models.keeping import (
    AccessAnswer,
    AccessRequest,
    DiaryAttachment,
    DiaryCase,
    DiaryDocument,
    HandedOut,
    IdempotencyKey,
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

__all__ = [
    "AccessAnswer",
    "AccessRequest",
    "DiaryAttachment",
    "DiaryCase",
    "DiaryDocument",
    "HandedOut",
    "IdempotencyKey",
    "LedgerBody",
    "LedgerEntry",
    "LedgerHead",
    "LedgerTile",
    "MaskedCopy",
    "OutboxMail",
    "SecrecyAssessment",
    "SecrecyClaim",
    "StampTrial",
    "StoredFile",
    "WaitingWork",
]
