"""No upload fills the disk, and none is left on it: what comes above the limit is thrown away, and a killed server forgets."""

from __future__ import annotations

from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(FileUploadHandler):
    """Stands before the handlers that store: lets them have at most `BID_FILE_MAX_BYTES` of a file.

    Of a larger one only its name and size reach the form, so that the size can be refused with words. A sealed bid comes
    as one file, and may be as large as a bid, at its own address alone.
    """

    @property
    def most(self) -> int:
        """The limit at the address that the file comes to, in bytes."""
        match = self.request.resolver_match if self.request else None
        return (
            settings.BID_SEALED_MAX_BYTES if match and match.view_name == "bids:sealed" else settings.BID_FILE_MAX_BYTES
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the chunk on as long as the file is within the limit."""
        return raw_data if start + len(raw_data) <= self.most else None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Return an empty file that says how large the one was that came; nothing where the limit held."""
        if file_size <= self.most:
            return None
        for other in getattr(self.request, "upload_handlers", ()):  # they are not asked, and would leave theirs open
            if hasattr(other, "file"):
                other.file.close()
        return UploadedFile(file=BytesIO(), name=self.file_name, content_type=self.content_type, size=file_size)


class NamelessUpload(FileUploadHandler):
    """Keeps a file that is too large for memory in one without a name, in place of Django's, which has one.

    A file of a bid that was opened in another tool comes as it is. Should the process be killed before it is stored, the
    kernel gives back what has no name: nothing of a bid is left on the disk for anybody to find.
    """

    file: UploadedFile[Any]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        file = TemporaryFile()  # noqa: SIM115 -- the request closes its files
        self.file = UploadedFile(file, self.file_name, self.content_type, 0, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the chunk down."""
        del start
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Return the whole file, to be read from its beginning."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Forget what had come of a file when the line broke."""
        if hasattr(self, "file"):
            self.file.close()
