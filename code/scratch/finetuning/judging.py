"""Judge an answer: by the words that it needs, and where a number is asked for by its first number.

What: `judge` keeps the rule of `scratch.finetuning.instruction_list`, save for numbers: there the
first one of the answer decides, for "80. A spider has 8 legs" has the right number and says a wrong
one. Numbers that the question itself has don't count as the first. Source: the rule was made
stricter after the first answers had been read. Left out: names; an answer that has the right one
and a wrong one beside it counts as right.
"""

import re

from scratch.finetuning.instruction_list import Question, is_right

# without "one", which is rarely a number
NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
    "|thousand|million|billion"
)


def judge(question: Question, answer: str) -> bool:
    """Return whether an answer is right; of a number, whether its first number is.

    >>> legs = Question("How many legs?", "eight", ("eight", "8"), "general")
    >>> judge(legs, "A spider has 8 legs."), judge(legs, "80. A spider has 8 legs.")
    (True, False)
    >>> judge(Question("What is 2 plus 3?", "5", ("5", "five"), "general"), "2 plus 3 is 5.")
    True
    """
    if not _asks_for_a_number(question):
        return is_right(question, answer)
    wanted = "|".join(map(re.escape, sorted(question.accept, key=len, reverse=True)))
    longer = rf"\w|[.,]\d|[- ](?:one|{NUMBER_WORDS})\b"
    number = rf"\d+(?:[.,]\d+)*|(?:{NUMBER_WORDS})\b"
    found = re.finditer(rf"(?<!\w)(?:(?P<right>{wanted})(?!{longer})|{number})", answer, re.I)
    for one in found:
        if one["right"]:
            return True
        if not re.search(rf"(?<!\w){re.escape(one[0])}(?!\w)", question.question, re.I):
            return False
    return False


def _asks_for_a_number(question: Question) -> bool:
    return any(one.replace(",", "").isdecimal() for one in question.accept)
