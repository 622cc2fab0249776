"""The glossary: each term once, with a sentence that explains it and a link that leads there."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from exhibits import glossary
from exhibits.page.glossary import SAYS, Term, anchor, as_text, terms

ROOT = Path(__file__).resolve().parents[1]
HEAD = '---\ntitle: "{}"\n---\n'
VERB = re.compile(
    r"\b(?:is|are|was|has|have|says?|means?|makes?|gives?|takes?|turns?|adds?|cuts?|asks?|tells?"
    r"|counts?|calls?|keeps?|lets?|looks?|computes?|measures?|becomes?|divides?|shows?|finds?"
    r"|expects?|holds?|goes|comes?|maps?|grows?|does|do|scales?|samples?|draws?|stores?|predicts?"
    r"|multipl(?:y|ies)|learns?|starts?|works?|can|uses?|moves?|reads?|writes?|merges?|subtracts?|teach(?:es)?|trains?|changes?|would|will)\b"
)
# the field's words that a reader of the book looks up; a term of the pages may be their plural
FIELD = """
token; tokenizer; token id; vocabulary; special token; subword; byte-pair encoding; heaps' law; zipf's law
embedding; one-hot vector; sliding window; cosine similarity; skip-gram; negative sampling; purity
positional embedding; context length; sinusoidal positions; relative positions; rotary positions
attention; query; key; value; head; causal mask; softmax; dot product; attention score; context vector
logit; parameter; bias; gpt; transformer block; residual connection; residual stream; layer norm; gelu
cross-entropy; perplexity; learning rate; warm-up; adamw; gradient; batch; epoch; dropout
temperature; top-k; top-p; kv cache; greedy decoding; surprisal; entropy
"""


@pytest.fixture
def journal(tmp_path, monkeypatch):
    (tmp_path / "journal/labs").mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "journal")
    for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(journal: Path, path: str, text: str, title: str = "A page") -> None:
    (journal / path).write_text(HEAD.format(title) + text, encoding="utf-8")


def test_a_term_comes_with_its_own_sentence_and_a_link(journal):
    write(journal, "journal/labs/a.qmd", "First. The [top k]{.term} are\nthe `k` *best*. Last.\n")
    shown = glossary()
    assert shown.text == "Top k: The top k are the k best. (A page)"
    assert 'href="labs/a.html#term-top-k"' in shown.html
    assert "The top k are the <code>k</code> <em>best</em>." in shown.html


def test_terms_come_in_the_order_of_the_alphabet_and_markup_stays_text(journal):
    write(
        journal, "journal/b.qmd", "A [Row]{.term} is <b>one</b>.\n\nAn [id]{.term} is a number.\n"
    )
    assert [term.name for term in terms()] == ["id", "Row"]
    assert "<b>" not in glossary().html


def test_a_cited_work_stays_on_the_page_that_lists_it(journal):
    write(journal, "journal/a.qmd", "\nA [row]{.term} is a list [Lee et al. 2017, section 3].\n")
    assert glossary().text == "Row: A row is a list. (A page)"


def test_a_letter_leads_to_the_first_term_that_begins_with_it(journal):
    write(
        journal,
        "journal/b.qmd",
        "A [row]{.term} is it. A [rank]{.term} is it. An [id]{.term} is it.\n",
    )
    letters = re.findall(r'<a href="#([\w-]+)">(\w)</a>', glossary().html)
    assert letters == [("term-id", "I"), ("term-rank", "R")]


def test_code_drafts_and_divisions_are_no_explanations(journal):
    write(journal, "journal/a.qmd", "```python\n[x]{.term} is code.\n```\n")
    write(journal, "journal/b.qmd", "::: {.column-margin}\n- A [row]{.term} is a list.\n:::\n")
    (journal / "journal/c.qmd").write_text(
        "---\ntitle: c\ndraft: true\n---\nA [w]{.term} is.\n", encoding="utf-8"
    )
    assert [(term.name, term.sentence) for term in terms()] == [
        ("row", "A [row]{.term} is a list.")
    ]


def test_a_site_without_the_pretrained_model_has_no_terms_of_its_pages(journal):
    text = "---\ntitle: c\npress: {pretrained: true}\n---\nA [w]{.term} is a word.\n"
    (journal / "journal/c.qmd").write_text(text, encoding="utf-8")
    assert [term.name for term in terms()] == ["w"]
    (journal / "_quarto.yml").write_text("press: {pretrained: false}\n", encoding="utf-8")
    assert terms() == [] and glossary().text == "No term yet."


def test_a_term_explained_twice_is_refused(journal):
    for name in "ab":
        write(journal, f"journal/{name}.qmd", "A [Row]{.term} is a list.\n")
    with pytest.raises(ValueError, match=r"a\.qmd and journal/b\.qmd both explain 'Row'; mark"):
        glossary()


@pytest.mark.parametrize("spoken", ["`{python} 1`", "$n$"])
def test_a_sentence_with_a_computed_value_or_a_formula_is_refused(journal, spoken):
    write(journal, "journal/a.qmd", f"A [row]{{.term}} is {spoken} long.\n")
    with pytest.raises(ValueError, match="explains 'row' with a formula or a computed value"):
        glossary()


def test_a_sentence_that_cannot_be_read_alone_has_another_and_a_known_word_one_of_its_own(journal):
    write(journal, "journal/a.qmd", "It has [rows]{.term}, `{python} 1` of them.\n")
    (journal / "data").mkdir()
    (journal / "data/glossary.toml").write_text(
        'says.rows = "Rows are lists."\n'
        'known.list = {says = "A list is a row.", page = "journal/a.qmd#there"}\n'
        'known.none = {says = "None is nowhere."}\n'
        'known.gone = {says = "It is gone.", page = "journal/b.qmd"}\n',
        encoding="utf-8",
    )
    assert [term.sentence for term in terms()] == [
        "A list is a row.", "None is nowhere.", "Rows are lists.",
    ]  # fmt: skip
    assert re.findall(r'href="([^"]+)"', glossary().html)[3:] == [
        "a.html#there",
        "a.html#term-rows",
    ]


# -- The journal's own


def own() -> list[Term]:
    return terms(ROOT)


def test_each_term_is_explained_in_one_sentence_that_says_something() -> None:
    for term in own():
        words = as_text(term.sentence)
        assert VERB.search(words), f"{term.page}: no verb in {words!r}"
        assert len(words.split()) >= len(term.name.split()) + 4, f"{term.page}: {words!r}"
        assert words[-1] in ".!?)”" and words[0].isupper(), f"{term.page}: {words!r}"


def test_a_sentence_in_the_list_belongs_to_a_term_that_a_page_marks() -> None:
    listed = tomllib.loads((ROOT / SAYS).read_text(encoding="utf-8"))
    marked = {term.name.lower() for term in own() if term.at == anchor(term.name)}
    assert not {*listed["says"]} - marked
    assert not {*listed["known"]} & marked
    pages = [word["page"].partition("#")[0] for word in listed["known"].values() if "page" in word]
    assert pages and all((ROOT / page).is_file() for page in pages)


def test_the_words_of_the_field_have_an_entry() -> None:
    names = [term.name.casefold() for term in own()]
    assert not [name for name, times in Counter(names).items() if times > 1]
    words = [word.strip() for line in FIELD.strip().split("\n") for word in line.split(";")]
    missing = [word for word in words if word not in names and f"{word}s" not in names]
    assert len(words) > 40 and not missing
