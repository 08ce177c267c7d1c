"""The verbs of bids: freeze who holds the keys, take in, hand in, close, open, open the prices, register."""

from rodatraden.bids.actions.box import close_for_bids
from rodatraden.bids.actions.changed import confirm_bid, tell_bidders_of_change
from rodatraden.bids.actions.discarding import discard_uploads
from rodatraden.bids.actions.leaving import decide_leaving_out, propose_leaving_out, say_reachable
from rodatraden.bids.actions.observing import appoint_observer, end_observer, say_followed, take_observation
from rodatraden.bids.actions.opening import attest_list, confirm_opening, open_prices, pass_prices
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
from rodatraden.bids.actions.submitting import withdraw_bid
from rodatraden.bids.actions.unlocking import KeysLackingError, forget_unlockings, unlock_first, unlock_last

__all__ = [
    "KeysLackingError",
    "OutsideBidFile",
    "OutsideFile",
    "appoint_observer",
    "attest_list",
    "close_for_bids",
    "confirm_bid",
    "confirm_opening",
    "confirm_stated_opening",
    "decide_leaving_out",
    "discard_uploads",
    "end_observer",
    "forget_unlockings",
    "freeze_holders",
    "freeze_ready_holders",
    "hand_in_bundle",
    "hand_in_sealed",
    "open_prices",
    "pass_prices",
    "propose_leaving_out",
    "register_opened_bid",
    "say_followed",
    "say_reachable",
    "start_upload",
    "state_opening",
    "store_part",
    "take_observation",
    "tell_bidders_of_change",
    "unlock_first",
    "unlock_last",
    "withdraw_bid",
]
