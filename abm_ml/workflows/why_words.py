"""The lines of `abm why`, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

LINES: Mapping[str, tuple[str, str]] = {
    "account": ("{id}  {name}  as of {as_of}", "{id}  {name}  截至 {as_of}"),
    "excluded": ("excluded: {reason}", "已排除：{reason}"),
    "rank": ("rank {rank:,} of {of:,}", "排名 {rank:,} / {of:,}"),
    "sum": ("{name} {value:g} = {terms}", "{name} {value:g} = {terms}"),
    "fit": ("fit {fit:g}, grade {grade}", "匹配度 {fit:g}，等级 {grade}"),
    "criterion": (
        "  {part} {points:g} of {most:g}: {fact}, asked {asks}: {verdict}",
        "  {part} {points:g} / {most:g}：{fact}，要求：{asks}；{verdict}",
    ),
    "engagement": (
        "engagement {score:g} = 100 × min(1, {points:g} points ÷ {full:g})",
        "意向度（互动分）{score:g} = 100 × min(1, {points:g} 分 ÷ {full:g})",
    ),
    "day": (
        "  {day}  {points:g} = {counted} of {events} {kind} × {one:g} × 0.5^({age}/{half:g})"
        "  {who}",
        "  {day}  {points:g} = {kind} {events} 次计 {counted} 次 × {one:g} × 0.5^({age}/{half:g})"
        "  {who}",
    ),
    "anonymous": ("anonymous", "匿名"),
    "tier": ("tier {tier}: {why}", "客户分层 {tier}：{why}"),
    "no_tier": ("none", "无"),
    "mqa": (
        "MQA {answer}: {grade}{points:g} of {points_asked:g} points, {contacts} of "
        "{contacts_asked} contacts in {days} days",
        "市场合格客户（MQA）{answer}：{grade}{days} 天内 {points:g} / {points_asked:g} 分，"
        "互动联系人 {contacts} / {contacts_asked} 位",
    ),
    "mqa_grade": (
        "grade {grade} where {grade_asked} or better is asked, ",
        "匹配度等级 {grade}（要求 {grade_asked} 及以上），",
    ),
    "mqa_minutes": (
        "MQA {answer}{by}: {minutes:g} of {minutes_asked:g} engagement minutes in {days} days, "
        "pipeline score {score:g} of {score_asked:g} (either is enough)",
        "市场合格客户（MQA）{answer}{by}：{days} 天内互动时长 {minutes:g} / {minutes_asked:g} "
        "分钟，商机评分 {score:g} / {score_asked:g}（满足其一即可）",
    ),
    "mqa_by": (" by {by}", "（凭{by}）"),
    "by.minutes": ("engagement minutes", "互动时长"),
    "by.pipeline_score": ("pipeline score", "商机评分"),
    "and": (" and ", "和"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "gap": ("{mqa}; {gap}", "{mqa}；{gap}"),
    "mqa_since": ("  since {since}, made so by:", "  自 {since} 起，由以下互动促成："),
    "mqa_since_score": (
        "  since {since} at the latest, by its pipeline score, not by events",
        "  最迟自 {since} 起，凭商机评分达标，并非由互动促成",
    ),
    "made_by_minutes": (
        "    {day}  {minutes:g} min  {kind}  {who}",
        "    {day}  {minutes:g} 分钟  {kind}  {who}",
    ),
    "made_by": ("    {day}  {points:g}  {kind}  {who}", "    {day}  {points:g}  {kind}  {who}"),
    "idle": ("  {events} with no points: {reason}", "  {events} 次互动不计分：{reason}"),
    "idle.own_staff": ("own staff", "本公司员工"),
    "idle.bot_agent": ("a bot by its user agent", "机器人（浏览器标识）"),
    "idle.bot_rate": ("faster than a person", "访问频率超出真人"),
    "idle.suppressed": ("on the suppression list", "在禁用名单中"),
    "idle.too_old": ("older than the window", "超出时间窗口"),
    "idle.no_points": ("this kind gives no points", "该类行为不计分"),
    "idle.beyond_cap": ("beyond the daily cap", "超过每日上限"),
    "coverage": (
        "committee: {known:.0%} of roles known, {engaged:.0%} engaged; missing: {missing}",
        "采购决策链：已知角色 {known:.0%}，已互动 {engaged:.0%}；缺少：{missing}",
    ),
    "nobody_missing": ("none", "无"),
    "one_thread": (
        "  nearly everything hangs on one contact",
        "  几乎全部互动依赖同一位联系人",
    ),
    "play": ("play: {play} ({why})", "营销策略：{play}（{why}）"),
    "next": ("next step: {step}", "下一步：{step}"),
    "stage": ("stage {stage}", "阶段 {stage}"),
    "similarity": (
        "similarity {value:g} to {seeds:,} customers; most like {nearest}",
        "与 {seeds:,} 家客户的相似度 {value:g}；最接近 {nearest}",
    ),
    "propensity": (
        "propensity ({target}) {value:.6g}; companies with similar scores: {low:.3g} to "
        "{high:.3g}; verdict: {verdict}",
        "{target} {value:.6g}；得分相近的企业：{low:.3g} 至 {high:.3g}；检验结论：{verdict}",
    ),
    "part_of_priority": (
        "  as a part of priority: {score:g} = 100 × {value:.6g} ÷ ({value:.6g} + {base:.6g})",
        "  在优先级得分中：{score:g} = 100 × {value:.6g} ÷ ({value:.6g} + {base:.6g})",
    ),
    "terms": ("  log-odds, term by term:", "  对数几率，逐项相加："),
    "met": ("met", "符合"),
    "not met": ("not met", "不符合"),
    "unknown": ("unknown", "未知"),
    "target.conversion": ("conversion", "转化概率"),
    "target.win": ("win", "赢单概率"),
    "target.None": ("target unknown", "概率（预测目标未知）"),
    "verdict.good": ("good", "良好"),
    "verdict.weak": ("weak", "较弱"),
    "verdict.no signal found": ("no signal found", "未发现有效信号"),
    "verdict.None": ("not tested", "未经检验"),
    "priority": ("priority", "优先级得分"),
    "account_score": ("account score", "规则评分"),
}


def line(key: str, lang: str, /, **values: object) -> str:
    """A line of `LINES` with its places filled."""
    return LINES[key][lang == "zh"].format(**values)
