"""A model in words: what a bidder is told before it bids, sentence by sentence, with every figure that decides.

Nothing in a model is left out, so that two models with the same words give the same outcome (a test says so).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rodatraden.core.evaluation.experience import CountingRule
from rodatraden.core.evaluation.gate import Measure
from rodatraden.core.evaluation.life_cycle import Paid
from rodatraden.core.evaluation.lowest_price import LowestPrice
from rodatraden.core.evaluation.percentage_addition import PercentageAddition
from rodatraden.core.evaluation.percentage_deduction import PercentageDeduction
from rodatraden.core.evaluation.price import HOME, PriceUnit
from rodatraden.core.evaluation.price_addition import PriceAddition
from rodatraden.core.evaluation.price_deduction import PriceDeduction
from rodatraden.core.evaluation.price_points import Curve
from rodatraden.core.evaluation.quality_only import QualityOnly
from rodatraden.core.evaluation.ranking import TieRule
from rodatraden.core.evaluation.ratio import Divided, Ratio
from rodatraden.core.evaluation.reference import ReferenceKind, ReferenceSet
from rodatraden.core.evaluation.rounding import Way, Where
from rodatraden.core.evaluation.weighted_sum import WeightedSum
from rodatraden.core.exact import simplest
from rodatraden.core.message import Amount, Message, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rodatraden.core.evaluation.criteria import Criterion
    from rodatraden.core.evaluation.gate import Gate
    from rodatraden.core.evaluation.model import Model
    from rodatraden.core.evaluation.price import Price, PriceLine
    from rodatraden.core.evaluation.price_points import PricePoints
    from rodatraden.core.evaluation.ranking import Corridor
    from rodatraden.core.evaluation.reference import ReferenceValue
    from rodatraden.core.evaluation.rounding import Rounding
    from rodatraden.core.message import Value


def worded(model: Model) -> tuple[Message, ...]:
    """Return the model as sentences, in the order in which a bid meets its parts."""
    return tuple(_sentences(model))


def _sentences(model: Model) -> Iterator[Message]:
    for criterion in model.criteria:
        yield from _criterion(criterion)
    if model.total is not None:
        yield say("The criteria give at most {total} points together.", total=model.total)
    for gate in model.gates:
        yield _gate(gate, model)
    if model.renormalised_to is not None:
        yield say("The points are then counted up to a sum of at most {sum}.", sum=model.renormalised_to)
    if model.combination.needs_price:
        yield from _price(model.price)
    yield from _combination(model)
    if model.reference_set is not None:
        yield _reference_set(model.reference_set)
    for rounding in model.roundings:
        yield from _rounding(rounding)
    if model.corridor is not None:
        yield _corridor(model.corridor, model)
    yield _tie_rule(model)


def _criterion(criterion: Criterion) -> Iterator[Message]:
    scale = criterion.scale
    named: dict[str, Value] = {"criterion": criterion.label}
    values: dict[str, Value] = {**named, "lowest": scale.lowest, "highest": scale.highest}
    if criterion.months is not None:
        day = criterion.months.counted_on
        match criterion.months.rule:
            case CountingRule.COMPLETED_MONTHS:
                yield say("{criterion} is counted in completed months up to {day}.", day=day, **named)
            case CountingRule.TOUCHED_MONTHS:
                yield say("{criterion} is counted in calendar months with at least one day, up to {day}.", day=day, **named)  # fmt: skip
            case CountingRule.DAYS:
                yield say("{criterion} is counted in months of 30 days, up to {day}.", day=day, **named)
    if scale.step is None:
        yield say("{criterion} is judged from {lowest} to {highest}.", **values)
    else:
        yield say("{criterion} is judged from {lowest} to {highest} in steps of {step}.", step=scale.step, **values)
    if criterion.worth is not None:
        yield say("{criterion} gives {worth} points at {highest}, and in proportion below.", worth=criterion.worth, highest=scale.highest, **named)  # fmt: skip
    for step in criterion.table.steps if criterion.table else ():
        found: dict[str, Value] = {**named, "start": step.lowest, "points": step.points}
        if step.below is None:
            yield say("{criterion}: from {start} gives {points} points.", **found)
        else:
            yield say("{criterion}: from {start} to below {below} gives {points} points.", below=step.below, **found)


def _gate(gate: Gate, model: Model) -> Message:
    minimum: dict[str, Value] = {"minimum": gate.minimum}
    on = ", ".join(each.label for each in gate.minded(model.criteria))
    if gate.measure is Measure.PERCENT:
        if gate.criteria:
            return say("Only bids with at least {minimum} % of the points on {criteria} go on.", criteria=on, **minimum)
        return say("Only bids with at least {minimum} % of all points go on.", **minimum)
    if gate.criteria:
        return say("Only bids with at least {minimum} points on {criteria} go on.", criteria=on, **minimum)
    return say("Only bids with at least {minimum} points in all go on.", **minimum)


def _price(price: Price) -> Iterator[Message]:
    currency = price.currency
    if not price.lines:
        if price.unit is PriceUnit.HOUR:
            yield say("The price is an hourly price in {currency}.", currency=currency)
        else:
            yield say("The price is a total price in {currency}.", currency=currency)
    else:
        yield say("The price is the sum of these lines, in {currency}.", currency=currency)
    for line in price.lines:
        yield from _line(line)
    if price.life_cycle is not None:
        yield say(
            "What is paid later counts as its value today, with {rate} % a year over {years} years.",
            rate=price.life_cycle.rate, years=price.life_cycle.years,
        )  # fmt: skip
    for other, rate in price.rates:
        yield say("1 {other} counts as {rate} {currency}.", other=other, rate=rate, currency=currency)


def _line(line: PriceLine) -> Iterator[Message]:
    values: dict[str, Value] = {"line": line.label, "quantity": line.quantity}
    match line.paid:
        case Paid.ONCE:
            yield say("{line} counts {quantity} times.", **values)
        case Paid.YEARLY:
            yield say("{line} counts {quantity} times at the end of each year.", **values)
        case Paid.AT_END:
            yield say("{line} counts {quantity} times at the end of the last year.", **values)
    if line.deducted:
        yield say("{line} is taken off the sum.", line=line.label)
    if line.may_be_zero:
        yield say("{line} may be priced at 0.", line=line.label)


def _combination(model: Model) -> Iterator[Message]:
    match model.combination:
        case LowestPrice():
            yield say("The lowest price is first.")
        case PriceAddition(per_point=per_point, target=target):
            yield say(
                "{per_point} {currency} is added to the price for each point that is missing up to {target}. The lowest sum is first.",
                per_point=Amount(per_point), target=target, currency=_money(model),
            )  # fmt: skip
        case PriceDeduction() as deduction:
            yield from _deduction(deduction, model)
        case PercentageAddition(percent=percent, target=target):
            yield say(
                "{percent} % of the price is added to it for each point that is missing up to {target}. The lowest sum is first.",
                percent=percent, target=target,
            )  # fmt: skip
        case PercentageDeduction(percent=percent):
            yield say(
                "{percent} % of the price is taken off it for each point. The lowest rest is first.", percent=percent
            )
        case QualityOnly():
            yield say("Prices are not compared. The most points are first.")
        case Ratio() as ratio:
            yield from _ratio(ratio)
        case WeightedSum() as weighing:
            yield from _weighted_sum(weighing, model)


def _deduction(deduction: PriceDeduction, model: Model) -> Iterator[Message]:
    worth = deduction.per_point
    if deduction.of is None:
        yield say(
            "{per_point} {currency} is taken off the price for each point. The lowest rest is first.",
            per_point=Amount(worth), currency=_money(model),
        )  # fmt: skip
    else:
        yield say("{percent} % of the reference is taken off the price for each point. The lowest rest is first.", percent=worth)  # fmt: skip
        yield _reference(deduction.of, model)
    if deduction.floor is not None:
        yield say(
            "The rest is never counted lower than {floor} {currency}.",
            floor=Amount(deduction.floor), currency=_money(model),
        )  # fmt: skip


def _ratio(ratio: Ratio) -> Iterator[Message]:
    if ratio.divided is Divided.POINTS_BY_PRICE:
        yield say("The points are divided by the price. The highest ratio is first.")
    else:
        yield say("The price is divided by the points. The lowest ratio is first.")
    if ratio.factor is not None:
        yield say("The ratio is multiplied by {factor}.", factor=ratio.factor)


def _weighted_sum(weighing: WeightedSum, model: Model) -> Iterator[Message]:
    yield say(
        "The price gives at most {price} and the quality at most {quality} of {total} evaluation points. The most are first.",
        price=weighing.price_weight, quality=weighing.quality_weight, total=weighing.total,
    )  # fmt: skip
    yield from _curve(weighing.price_points, model)
    if weighing.of_best:
        yield say("The share of quality is the bid's points divided by those of the best bid.")
    elif model.most_points:
        yield say("The share of quality is the bid's points divided by {most}.", most=simplest(model.most_points))


def _curve(curve: PricePoints, model: Model) -> Iterator[Message]:
    match curve.curve:
        case Curve.PROPORTIONAL:
            yield say("The share of price is the reference divided by the price.")
        case Curve.LINEAR if curve.at is not None and curve.slope is not None:
            yield say(
                "The share of price is {at} at the reference, and changes by {slope} when the price changes by the whole reference.",
                at=curve.at, slope=curve.slope,
            )  # fmt: skip
        case Curve.RANK:
            yield say("The share of price is 1 for the lowest price and falls evenly with each cheaper bid to 0.")
        case _:
            yield say("The share of price is 1 at the first reference and 0 at the second, and changes evenly between them.")  # fmt: skip
    if curve.curve is not Curve.RANK:
        yield _reference(curve.reference, model)
    if curve.to is not None:
        yield _reference(curve.to, model)
    if curve.floor is not None:
        yield say("No share of price is less than {floor}.", floor=curve.floor)
    if curve.ceiling is not None:
        yield say("No share of price is more than {ceiling}.", ceiling=curve.ceiling)


def _money(model: Model) -> str:
    """Return what stands after an amount."""
    return "kr" if model.price.currency == HOME else model.price.currency


def _reference(reference: ReferenceValue, model: Model) -> Message:
    match reference.kind:
        case ReferenceKind.LOWEST:
            return say("Reference: the lowest price.")
        case ReferenceKind.HIGHEST:
            return say("Reference: the highest price.")
        case ReferenceKind.MEAN:
            return say("Reference: the mean of the prices.")
        case ReferenceKind.MEDIAN:
            return say("Reference: the median of the prices.")
        case ReferenceKind.FIXED:
            return say(
                "Reference: {amount} {currency}, published beforehand.",
                amount=Amount(reference.amount or 0), currency=_money(model),
            )  # fmt: skip


def _reference_set(found: ReferenceSet) -> Message:
    match found:
        case ReferenceSet.OPENED:
            return say("Bids are compared with all opened bids.")
        case ReferenceSet.QUALIFIED:
            return say("Bids are compared with all qualified bids.")
        case ReferenceSet.ABOVE_GATE:
            return say("Bids are compared with those that pass the gates.")


def _rounding(rounding: Rounding) -> Iterator[Message]:
    decimals = rounding.decimals
    yield {
        Where.CRITERION: say("The points on each criterion are rounded to {n} decimals.", n=decimals),
        Where.POINTS: say("The sum of points is rounded to {n} decimals.", n=decimals),
        Where.DISCOUNT: say("Discount factors are rounded to {n} decimals.", n=decimals),
        Where.CURRENCY: say("Amounts from another currency are rounded to {n} decimals.", n=decimals),
        Where.PRICE: say("The compared price is rounded to {n} decimals.", n=decimals),
        Where.REFERENCE: say("References are rounded to {n} decimals.", n=decimals),
        Where.PRICE_SHARE: say("The share of price is rounded to {n} decimals.", n=decimals),
        Where.PRICE_POINTS: say("The price points are rounded to {n} decimals.", n=decimals),
        Where.QUALITY_SHARE: say("The share of quality is rounded to {n} decimals.", n=decimals),
        Where.QUALITY_POINTS: say("The quality points are rounded to {n} decimals.", n=decimals),
        Where.VALUE: say("The value that is compared is rounded to {n} decimals.", n=decimals),
    }[rounding.where]
    match rounding.way:
        case Way.HALF_UP:
            yield say("A half then goes up, away from zero.")
        case Way.HALF_EVEN:
            yield say("A half then goes to the even digit.")
        case Way.UP:
            yield say("Whatever is left over then goes up, away from zero.")
        case Way.DOWN:
            yield say("Whatever is left over is then dropped.")


def _corridor(corridor: Corridor, model: Model) -> Message:
    percent = corridor.percent
    if corridor.decided_by is TieRule.LOWER_PRICE:
        return say("Among bids within {percent} % of the best value the lower price goes first.", percent=percent)
    if corridor.criterion is None:
        return say("Among bids within {percent} % of the best value more points go first.", percent=percent)
    label = next(each.label for each in model.criteria if each.key == corridor.criterion)
    return say(
        "Among bids within {percent} % of the best value more points on {criterion} go first.",
        percent=percent, criterion=label,
    )  # fmt: skip


def _tie_rule(model: Model) -> Message:
    match model.tie_rule:
        case TieRule.NONE:
            return say("Nothing is said about equal bids: a tie for first place stops the decision.")
        case TieRule.HIGHER_QUALITY:
            return say("Of equal bids the one with more points goes first.")
        case TieRule.LOWER_PRICE:
            return say("Of equal bids the one with the lower price goes first.")
        case TieRule.CRITERIA_IN_ORDER:
            return say(
                "Of equal bids the one with more points on the first of these criteria where they differ goes first: {criteria}.",
                criteria=", ".join(each.label for each in model.criteria),
            )
