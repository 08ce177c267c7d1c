"""Procurement documents: requirements, criteria, evaluation model, terms, deadlines, questions and answers."""

from rodatraden.tenders.models.changes import DeadlineChange, DocumentChange, DocumentEdit
from rodatraden.tenders.models.notices import NoticeHandover
from rodatraden.tenders.models.plans import PublicPlan
from rodatraden.tenders.models.publishing import AcceptedFinding, Snapshot
from rodatraden.tenders.models.questions import AnswerSubscription, Question
from rodatraden.tenders.models.requirements import ContentItem, Requirement, ScaleStep
from rodatraden.tenders.models.runs import StressRun
from rodatraden.tenders.models.tenders import Tender, TenderDocument

__all__ = [
    "AcceptedFinding",
    "AnswerSubscription",
    "ContentItem",
    "DeadlineChange",
    "DocumentChange",
    "DocumentEdit",
    "NoticeHandover",
    "PublicPlan",
    "Question",
    "Requirement",
    "ScaleStep",
    "Snapshot",
    "StressRun",
    "Tender",
    "TenderDocument",
]
