"""Files for the public: the documents in Word, everything in one ZIP, the result as a table."""

from rodatraden.publication.documents.archive import as_zip
from rodatraden.publication.documents.table import as_csv
from rodatraden.publication.documents.word import as_word

__all__ = ["as_csv", "as_word", "as_zip"]
