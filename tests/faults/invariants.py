"""The invariants that hold whatever is killed, full or cut off: each a function on the database, the files and what clients hold.

`broken(held)` gives a sentence for each breach, none when all hold. They are numbered as in docs/rules/faults.md.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyrage
from django.core.files.storage import default_storage
from django.db.models import Count, F, Q

from rodatraden.assessments.models import IndividualScore
from rodatraden.awards.models import AwardDecision, Notification
from rodatraden.awards.rules import may_conclude_contract
from rodatraden.bids.models import (
    Bid,
    BidFile,
    FrozenHolders,
    Opening,
    SealedPart,
    SealedUpload,
    Submission,
)
from rodatraden.bids.queries import in_the_box, key_holders
from rodatraden.bids.queries.sealed import layer_path
from rodatraden.contracts.models import Contract
from rodatraden.core.canonical import sha256_hex
from rodatraden.core.ledger import Unproven, read_key, root_hash
from rodatraden.core.ledger.offline import check_receipt, main
from rodatraden.core.sealing.holders import Holds
from rodatraden.evaluation.models import FrozenOutcome
from rodatraden.evaluation.queries import frozen_outcome
from rodatraden.procurements.models import StageFact
from rodatraden.records.actions import sign_export
from rodatraden.records.models import DiaryDocument, IdempotencyKey, LedgerBody, LedgerEntry, OutboxMail, StoredFile
from rodatraden.records.queries import exported, missing_triggers, verify_ledger
from rodatraden.records.queries.ledger import own_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path
    from uuid import UUID

    Check = Callable[["Held"], Iterator[str]]


@dataclass
class Held:
    """What clients hold: the proof, outside the installation, of what it has acknowledged.

    `receipts` by submission; `acknowledged` the bids that a redirect told of, receipt fetched or not; `answers` what each
    idempotency key was answered; `facts` what officials were told had happened, by procurement; `protocols` what they
    fetched of the opening; `scores` the individual scores that were handed in.
    """

    receipts: dict[UUID, bytes] = field(default_factory=dict)
    acknowledged: set[UUID] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    facts: dict[UUID, set[str]] = field(default_factory=dict)
    protocols: dict[UUID, bytes] = field(default_factory=dict)
    scores: Mapping[UUID, str] = field(default_factory=dict)

    def told(self, procurement: UUID, *kinds: str) -> None:
        self.facts.setdefault(procurement, set()).update(kinds)


def broken(held: Held, *, but: Collection[Check] = ()) -> list[str]:
    """Return each breach of each invariant `but` these, with its number."""
    return [f"{check.__name__}: {breach}" for check in CHECKS if check not in but for breach in check(held)]


def i1_what_was_acknowledged_is_there_unchanged(held: Held) -> Iterator[str]:
    there = dict(Submission.objects.values_list("pk", "receipt"))
    yield from (f"bid {bid} was acknowledged and is gone" for bid in held.acknowledged - set(there))
    for bid, receipt in held.receipts.items():
        if there.get(bid, "").encode() != receipt:
            yield f"the receipt of bid {bid} is not the one that was handed out"
    happened = StageFact.objects.values_list("procurement_id", "kind")
    for procurement, kinds in held.facts.items():
        yield from (f"{kind} was told and is gone" for kind in kinds - {k for p, k in happened if p == procurement})
    for tender, protocol in held.protocols.items():
        if not Opening.objects.filter(tender=tender, protocol=protocol.decode()).exists():
            yield "the opening's protocol is not the one that was handed out"


def i2_one_key_has_one_effect_and_one_answer(held: Held) -> Iterator[str]:
    kept = dict(IdempotencyKey.objects.values_list("key", "answer"))
    for key, answer in held.answers.items():
        if kept.get(key) != answer:
            yield f"key {key} was answered {answer} and now stands as {kept.get(key)}"
    yield from (f"key {key} stands without an answer" for key, answer in kept.items() if not answer)
    for purpose, model in (("hand_in_sealed", Submission),):
        answers = IdempotencyKey.objects.filter(purpose=purpose).values_list("answer", flat=True)
        doubled = [answer for answer, times in Counter(answers).items() if times > 1]
        yield from (f"{answer} was handed in by two keys" for answer in doubled)
        there = {str(pk) for pk in model.objects.values_list("pk", flat=True)}
        yield from (f"{answer} was answered and is not there" for answer in set(answers) - there)


def i3_the_log_holds_and_tells_of_each_effect_once(held: Held) -> Iterator[str]:
    yield from missing_triggers()
    fault = verify_ledger()
    if fault is not None:
        yield str(fault)
        return
    events = Counter(LedgerBody.objects.values_list("event", "object_id"))
    effects = {
        *(("bid_received", pk) for pk in Submission.objects.values_list("pk", flat=True)),
        *(("sealed_upload_started", pk) for pk in SealedUpload.objects.values_list("pk", flat=True)),
        *((f"procurement_{kind}", pk) for kind, pk in StageFact.objects.values_list("kind", "procurement_id")),
    }
    kinds = {"bid_received", "sealed_upload_started", *(f"procurement_{kind}" for kind in StageFact.Kind)}
    told = {event for event in events if event[0] in kinds}
    yield from (f"{name} of {pk} is in the log and has not happened" for name, pk in told - effects)
    for name, pk in effects:
        if events[(name, pk)] != 1:
            yield f"{name} of {pk} stands {events[(name, pk)]} times in the log"
    yield from _receipts(held)


def _receipts(held: Held) -> Iterator[str]:
    """Hold the log against every receipt, by the functions that need nothing of ours."""
    hashes = list(LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True))
    for receipt in (json.loads(each) for each in held.receipts.values()):
        if receipt["key"] != str(own_key()):
            yield f"the key that signed the receipt of {receipt['submission']} is gone"
        try:
            place = check_receipt(receipt, read_key(receipt["key"]))
        except Unproven as error:
            yield str(error)
            continue
        if hashes[place.index : place.index + 1] != [place.leaf_hash]:
            yield f"entry {place.index} is not the one of the receipt of {receipt['submission']}"
        elif root_hash(hashes[: place.head.size]) != place.head.root:
            yield f"the log is not the one of the receipt of {receipt['submission']}"


def proven_offline(held: Held, folder: Path) -> bool:
    """Whether the exported log and all receipts hold by `rodatraden verify`, as anybody checks them on another machine."""
    files = [folder / f"{pk}.json" for pk in held.receipts]
    for file, receipt in zip(files, held.receipts.values(), strict=True):
        file.write_bytes(receipt)
    log = folder / "log.jsonl"
    log.write_text("\n".join(exported(head=sign_export(), with_bodies=False)), "utf-8")
    return main(["--key", str(own_key()), str(log), *map(str, files)]) == 0


def i4_nothing_is_in_time_after_the_closing_and_nothing_opened_before_it(held: Held) -> Iterator[str]:
    for fact in StageFact.objects.filter(kind=StageFact.Kind.CLOSED):
        closed = _index("procurement_closed", fact.procurement_id)
        late = LedgerBody.objects.filter(event="bid_received", index__gt=closed).values_list("object_id", flat=True)
        in_time = Submission.objects.filter(pk__in=list(late), tender__procurement=fact.procurement_id, is_late=False)
        yield from (f"bid {bid.pk} came in time after the closing" for bid in in_time)
    for opening in Opening.objects.exclude(opened_at=None).select_related("tender"):
        case = opening.tender.procurement_id
        closed, opened = _index("procurement_closed", case), _index("procurement_opened", case)
        if closed is None or opened is None or opened < closed:
            yield f"{case} was opened before it was closed"
        opened_bids = set(Bid.objects.filter(tender=opening.tender).values_list("submission_id", flat=True))
        if opened_bids != {each.pk for each in in_the_box(opening.tender)}:
            yield f"not all bids of {case} were opened, or others"
    unopened = Bid.objects.exclude(tender__procurement__facts__kind=StageFact.Kind.OPENED)
    yield from (f"bid {bid.pk} has content before the opening" for bid in unopened)
    yield from (
        f"{opening.tender_id} was opened by one person"
        for opening in Opening.objects.exclude(opened_at=None).filter(
            Q(confirmed_by=None) | Q(confirmed_by=F("asked_by"))
        )
    )


def _index(event: str, of: UUID) -> int | None:
    return LedgerBody.objects.filter(event=event, object_id=of).values_list("index", flat=True).first()


def i5_one_award_in_force_no_contract_in_the_standstill_no_order_above_the_ceiling(held: Held) -> Iterator[str]:
    standing = AwardDecision.objects.filter(revocation=None).values("tender").annotate(number=Count("pk"))
    yield from (f"{row['tender']} has {row['number']} awards in force" for row in standing if row["number"] > 1)
    for decision in AwardDecision.objects.exclude(in_force_of=None):
        bids = Bid.objects.filter(tender=decision.tender).count()
        if decision.notifications.count() not in {0, bids}:
            yield f"some bidders of {decision.tender_id} were notified and others not"
    for contract in Contract.objects.select_related("tender__procurement"):
        signed = max((each.signed_on for each in contract.signatures.all()), default=None)
        if signed and not may_conclude_contract(contract.tender, signed):
            yield f"contract {contract.pk} was signed in the standstill"
        if sum(order.committed for order in contract.call_offs.all()) > contract.ceiling:
            yield f"contract {contract.pk} is ordered from above its ceiling"


def i6_a_frozen_outcome_is_what_its_inputs_give(held: Held) -> Iterator[str]:
    for frozen in FrozenOutcome.objects.select_related("tender"):
        try:
            frozen_outcome(frozen.tender)
        except ValueError as error:
            yield str(error)


def i7_nobodys_scores_were_overwritten(held: Held) -> Iterator[str]:
    there = individual_scores()
    yield from (
        f"score {pk} is not what its assessor gave" for pk, told in held.scores.items() if there.get(pk) != told
    )


def individual_scores() -> dict[UUID, str]:
    """Return who gave what, to be held against later."""
    return {
        each.pk: f"{each.assessor_id} {each.item_id} {each.criterion_id} {each.points} {each.reason}"
        for each in IndividualScore.objects.all()
    }


def i8_every_file_and_key_that_a_row_names_lies_there_whole(held: Held) -> Iterator[str]:
    for file in StoredFile.objects.all():
        if not default_storage.exists(file.location):
            yield f"{file.location} is gone"
            continue
        with default_storage.open(file.location) as stored:
            data = stored.read()
        if (len(data), sha256_hex(data)) != (file.size, file.sha256):
            yield f"{file.location} is not what was stored"
    yield from _keys()


def _keys() -> Iterator[str]:
    """Without its key a sealed bid is as lost as without its file."""
    for frozen in FrozenHolders.objects.select_related("tender"):
        for holds, recipient in key_holders(frozen.tender).layers.items():
            if not _is_there(layer_path(frozen.tender_id, holds), recipient):
                yield f"the time layer of {holds} of {frozen.tender_id} is gone"
    for tender_id in set(Bid.objects.exclude(price_package=None).values_list("tender", flat=True)):
        if not layer_path(tender_id, Holds.PRICE).exists():
            yield f"the key of the registered prices of {tender_id} is gone"


def _is_there(path: Path, recipient: str) -> bool:
    if not path.exists():
        return False
    return str(pyrage.x25519.Identity.from_str(path.read_text("ascii").strip()).to_public()) == recipient


def i9_each_message_was_written_once(held: Held) -> Iterator[str]:
    texts = "\n".join(OutboxMail.objects.values_list("text", flat=True))
    for submission in Submission.objects.select_related("submitted_by", "supplier"):
        addresses = {submission.submitted_by.email, submission.supplier.email} - {""}
        if texts.count(submission.receipt) != len(addresses):
            yield f"the receipt of bid {submission.pk} was not mailed once to each"
    mailed = Notification.objects.exclude(mail=None).values("mail").annotate(number=Count("pk"))
    yield from (f"message {row['mail']} tells of two notifications" for row in mailed if row["number"] > 1)


def i10_no_row_refers_to_another_tenants(held: Held) -> Iterator[str]:
    pairs = (
        (Submission, "upload__tender", "tender"),
        (Submission, "upload__supplier", "supplier"),
        (Submission, "snapshot__tender", "tender"),
        (Bid, "submission__tender", "tender"),
        (Bid, "submission__supplier", "supplier"),
        (BidFile, "content_item__tender", "bid__tender"),
        (AwardDecision, "winner__tender", "tender"),
        (Notification, "decision__tender", "bid__tender"),
        (Contract, "bid__tender", "tender"),
        (DiaryDocument, "case__organisation", "case__procurement__buyer"),
    )
    for model, one, other in pairs:
        amiss = model.objects.exclude(**{f"{one}__isnull": True}).exclude(**{f"{other}__isnull": True})
        yield from (f"{model.__name__} {each.pk}: {one} is not {other}" for each in amiss.exclude(**{one: F(other)}))
    stray = SealedPart.objects.exclude(file__stored_by=F("upload__started_by")).exclude(file__stored_by=None)
    yield from (f"part {each.pk} was stored by somebody else" for each in stray)


CHECKS = (
    i1_what_was_acknowledged_is_there_unchanged,
    i2_one_key_has_one_effect_and_one_answer,
    i3_the_log_holds_and_tells_of_each_effect_once,
    i4_nothing_is_in_time_after_the_closing_and_nothing_opened_before_it,
    i5_one_award_in_force_no_contract_in_the_standstill_no_order_above_the_ceiling,
    i6_a_frozen_outcome_is_what_its_inputs_give,
    i7_nobodys_scores_were_overwritten,
    i8_every_file_and_key_that_a_row_names_lies_there_whole,
    i9_each_message_was_written_once,
    i10_no_row_refers_to_another_tenants,
)
