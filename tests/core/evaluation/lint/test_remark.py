from rodatraden.core.evaluation.lint import Subject
from tests.core.evaluation.worked import read


def test_a_subject_knows_where_its_model_stands() -> None:
    case = read("25-lots")
    assert Subject(case.parts[1], None).field("tie_rule") == "case.model.tie_rule"
    assert Subject(case.parts[1], None).model is case.lots[1].model
