"""What leaves the room as a file."""

from rodatraden.awards.documents.board import board_list

__all__ = ["board_list"]
