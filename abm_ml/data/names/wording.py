"""Evidence and reasons of matches in words, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable

NOTES = {
    "equal": ("same name", "名称相同"),
    "same_words": ("same words", "名称主干相同"),
    "similar": ("similar name", "名称相近"),
    "former": ("a former name", "曾用名"),
    "number": ("another number in the name", "名称中的编号不同"),
    "order": ("words in another order", "词序不同"),
    "place": ("another place in the name", "名称中的地名不同"),
    "one_place": ("only one name gives a place", "仅一方名称含地名"),
    "legal": ("another legal form", "组织形式不同"),
    "one_legal": ("only one name gives the legal form", "仅一方名称含组织形式"),
    "branch": ("branch of the company", "分支机构，归属总公司"),
    "other_branch": ("another branch", "分支机构不同"),
    "same_city": ("same city", "城市相同"),
    "other_city": ("another city", "城市不同"),
    "same_state": ("same state", "省份相同"),
    "other_state": ("another state", "省份不同"),
    "same_country": ("same country", "国家相同"),
    "other_country": ("another country", "国家不同"),
    "other_domain": ("another domain", "域名不同"),
    "other_code": ("another registration code", "登记代码不同"),
    "id": ("same id", "编号相同"),
    "code": ("same registration code", "登记代码相同"),
    "domain": ("same domain", "域名相同"),
    "name_unlike": ("but the name has nothing in common with it", "但名称与之毫无共同之处"),
    "name_elsewhere": ("but the name is another account's", "但名称属于另一客户"),
}  # fmt: skip
"""What is said of a match, by its short name."""

REASONS = {
    "empty": ("nothing to match by: the row is empty", "该行为空，无可匹配内容"),
    "free_mail": (
        "{text} is a mailbox service's domain and says nothing about the company",
        "{text} 为公共邮箱域名，不能作为企业依据",
    ),
    "unknown_domain": ("no account has the domain {text}", "没有客户使用域名 {text}"),
    "unknown_code": ("no account has the code {text}", "没有客户登记代码为 {text}"),
    "unknown_id": ("no account has the id {text}", "没有客户编号为 {text}"),
    "lost_zeros": (
        "no account has the id {text}, but {id} is one: zeros in front were lost; "
        "format the column as text",
        "没有客户编号为 {text}，但存在 {id}：前导零已丢失，请将该列设为文本格式",
    ),
    "no_name": (
        "no account shares a telling word with this name",
        "没有客户与该名称含有相同的关键词",
    ),
    "says_little": (
        "the name says too little: only common words agree",
        "名称信息过少：仅常用词相同",
    ),
    "below": (
        "the nearest, {name}, scores {score:.0f}; {least:.0f} is needed",
        "最接近的客户“{name}”得分 {score:.0f}，低于所需的 {least:.0f}",
    ),
    "several": (
        "{count} accounts fit about equally well: choose one",
        "{count} 个客户匹配程度相当，请人工选择",
    ),
    "unlike": (
        "the domain is that of {name}, with which the name has nothing in common: choose one",
        "域名属于“{name}”，但两者名称毫无共同之处，请人工选择",
    ),
    "contradiction": (
        "the domain is one account's and the name another's: choose one",
        "域名与名称分别对应不同客户，请人工选择",
    ),
}  # fmt: skip
"""Why a query has no account, by short name."""


def evidence(notes: Iterable[str], others: int = 0) -> tuple[str, str]:
    """Notes as one line in English and one in Chinese.

    >>> evidence(("same_words", "one_legal"), others=1)[0]
    'same words; only one name gives the legal form; 1 other query names this account'
    """
    said = [NOTES[note] for note in notes]
    if others:
        verb = "query names" if others == 1 else "queries name"
        said.append((f"{others} other {verb} this account", f"另有 {others} 条查询指向该客户"))
    return "; ".join(one for one, _ in said), "；".join(two for _, two in said)


def reason(key: str, **values: object) -> tuple[str, str]:
    """A reason in English and Chinese."""
    english, chinese = REASONS[key]
    return english.format(**values), chinese.format(**values)
