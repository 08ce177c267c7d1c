"""The verbs of bids: make the box, write a draft, hand in, close, open, open the prices, register."""

from rodatraden.bids.actions.box import close_for_bids, make_sealing_key
from rodatraden.bids.actions.changed import confirm_bid, read_changes, tell_bidders_of_change
from rodatraden.bids.actions.discarding import discard_uploads
from rodatraden.bids.actions.drafts import (
    ChangedElsewhereError,
    accept_fixed_price,
    remove_file,
    save_part,
    start_draft,
    upload_file,
)
from rodatraden.bids.actions.opening import ask_to_open, attest_list, confirm_opening, open_prices, pass_prices
from rodatraden.bids.actions.registering import (
    OutsideBidFile,
    OutsideFile,
    confirm_stated_opening,
    register_opened_bid,
    state_opening,
)
from rodatraden.bids.actions.sealed import (
    freeze_holders,
    freeze_ready_holders,
    hand_in_bundle,
    hand_in_sealed,
    start_upload,
    store_part,
)
from rodatraden.bids.actions.submitting import IncompleteError, submit_bid, withdraw_bid
from rodatraden.bids.actions.unlocking import KeysLackingError, forget_unlockings, unlock_first, unlock_last

__all__ = [
    "ChangedElsewhereError",
    "IncompleteError",
    "KeysLackingError",
    "OutsideBidFile",
    "OutsideFile",
    "accept_fixed_price",
    "ask_to_open",
    "attest_list",
    "close_for_bids",
    "confirm_bid",
    "confirm_opening",
    "confirm_stated_opening",
    "discard_uploads",
    "forget_unlockings",
    "freeze_holders",
    "freeze_ready_holders",
    "hand_in_bundle",
    "hand_in_sealed",
    "make_sealing_key",
    "open_prices",
    "pass_prices",
    "read_changes",
    "register_opened_bid",
    "remove_file",
    "save_part",
    "start_draft",
    "start_upload",
    "state_opening",
    "store_part",
    "submit_bid",
    "tell_bidders_of_change",
    "unlock_first",
    "unlock_last",
    "upload_file",
    "withdraw_bid",
]
