"""The thread from need to result: what hangs together, where it is broken, in which phase, and who does what next."""

from rodatraden.core.thread.joining import (
    Break,
    Gap,
    Knot,
    KnotState,
    Link,
    NeedRow,
    Node,
    NodeState,
    RequirementRow,
    Station,
    Thread,
    UnjoinableError,
    join,
)
from rodatraden.core.thread.stages import Fact, FactKind, Phase, PhaseState, PhaseStep, bar, cancelled_at, phase
from rodatraden.core.thread.tasks import Task, Urgency, in_order, urgency

__all__ = [
    "Break",
    "Fact",
    "FactKind",
    "Gap",
    "Knot",
    "KnotState",
    "Link",
    "NeedRow",
    "Node",
    "NodeState",
    "Phase",
    "PhaseState",
    "PhaseStep",
    "RequirementRow",
    "Station",
    "Task",
    "Thread",
    "UnjoinableError",
    "Urgency",
    "bar",
    "cancelled_at",
    "in_order",
    "join",
    "phase",
    "urgency",
]
