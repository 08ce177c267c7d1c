"""Named reads of the records."""

from rodatraden.records.queries.durable import unsafe_settings
from rodatraden.records.queries.keeping import (
    Checked,
    Work,
    diary_documents,
    forgotten_work,
    issued_as,
    lost_work,
    open_stored,
    read_bytes,
    unsent_mail,
)
from rodatraden.records.queries.ledger import (
    TRIGGERS,
    as_body,
    case_log,
    consistency_path,
    exported,
    head_of,
    inclusion_path,
    ledger_size,
    log_holds,
    missing_triggers,
    published_heads,
    verify_ledger,
)

__all__ = [
    "TRIGGERS",
    "Checked",
    "Work",
    "as_body",
    "case_log",
    "consistency_path",
    "diary_documents",
    "exported",
    "forgotten_work",
    "head_of",
    "inclusion_path",
    "issued_as",
    "ledger_size",
    "log_holds",
    "lost_work",
    "missing_triggers",
    "open_stored",
    "published_heads",
    "read_bytes",
    "unsafe_settings",
    "unsent_mail",
    "verify_ledger",
]
