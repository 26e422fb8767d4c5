"""Words of the simulated world, in English and Chinese. All people and companies are invented.

Lists that come in two languages hold them in the same order: a code is the same thing in both.
"""

from __future__ import annotations

INDUSTRIES = (
    "Software", "Financial services", "Manufacturing", "Healthcare",
    "Retail", "Education", "Logistics", "Energy",
)  # fmt: skip
INDUSTRIES_ZH = ("软件", "金融", "制造业", "医疗健康", "零售", "教育", "物流", "能源")
INDUSTRY_WEIGHTS = (0.2, 0.12, 0.2, 0.12, 0.14, 0.08, 0.08, 0.06)

SUB_INDUSTRIES = (
    ("SaaS", "Developer tools"), ("Insurance", "Asset management"),
    ("Machinery", "Electronics"), ("Medical devices", "Hospitals"),
    ("E-commerce", "Grocery"), ("Universities", "Online learning"),
    ("Freight", "Warehousing"), ("Solar", "Grid operation"),
)  # fmt: skip
SUB_INDUSTRIES_ZH = (
    ("企业服务", "开发工具"), ("保险", "资产管理"), ("机械设备", "电子元件"),
    ("医疗器械", "医院"), ("电商", "商超"), ("高等教育", "在线教育"),
    ("货运", "仓储"), ("光伏", "电网运营"),
)  # fmt: skip

WORK = (
    "business software", "financial products", "industrial equipment", "medical services",
    "consumer goods", "training programmes", "supply-chain services", "power generation",
)  # fmt: skip
WORK_ZH = (
    "企业级软件研发与技术服务", "金融产品与财富管理", "工业设备的研发、生产与销售",
    "医疗器械与健康管理服务", "日用消费品的批发与零售", "教育培训与课程开发",
    "仓储、运输与供应链管理", "新能源发电与储能",
)  # fmt: skip

FOCUS = (
    "digital transformation", "customer experience", "data analytics", "automation",
    "cost control", "regional expansion", "compliance", "sustainability",
)  # fmt: skip
FOCUS_ZH = (
    "数字化转型", "客户体验", "数据分析", "自动化", "降本增效", "区域扩张", "合规管理", "绿色低碳",
)  # fmt: skip

TECHNOLOGIES = (
    "Salesforce", "HubSpot", "SAP", "AWS", "Azure", "Alibaba Cloud", "Oracle", "Snowflake",
    "Kafka", "Kubernetes", "WordPress", "Shopify", "Tencent Cloud", "DingTalk", "Feishu", "Zendesk",
)  # fmt: skip
TECHNOLOGY_SHARES = (
    0.30, 0.25, 0.25, 0.40, 0.30, 0.04, 0.2, 0.15, 0.15, 0.2, 0.2, 0.1, 0.01, 0.01, 0.01, 0.15,
)  # fmt: skip
TECHNOLOGY_SHARES_ZH = (
    0.12, 0.06, 0.28, 0.12, 0.12, 0.45, 0.2, 0.05, 0.15, 0.2, 0.1, 0.02, 0.3, 0.4, 0.25, 0.02,
)  # fmt: skip
CLOUDS = ("AWS", "Azure", "Alibaba Cloud")

NAME_STARTS = (
    "Ve", "Kan", "Or", "Lu", "Bra", "Tes", "Mi", "Quo", "Zen", "Fal",
    "Gri", "Hel", "Ix", "Jor", "Pel", "Ruv", "Sol", "Tar", "Ul", "Wes",
)  # fmt: skip
NAME_MIDDLES = (
    "lo", "tri", "ba", "ne", "vi", "mo", "sa", "du", "ke", "ri",
    "po", "xa", "ga", "len", "mar", "tu", "ho", "ze", "ci", "fu",
)  # fmt: skip
NAME_ENDS = (
    "ra", "x", "on", "dex", "via", "tum", "la", "rix", "nor", "sys",
    "ta", "qua", "ben", "mic", "dor", "zo", "lis", "gen", "ware", "port",
)  # fmt: skip
NAME_WORDS = (
    "Software", "Capital", "Industries", "Health", "Retail", "Academy", "Logistics", "Energy",
)  # fmt: skip
NAME_SUFFIXES = ("Inc.", "Ltd", "LLC", "Group", "Corp.", "Holdings", "GmbH", "PLC")

NAME_STARTS_ZH = (
    "云", "启", "瑞", "恒", "鼎", "博", "星", "澜", "拓", "锐",
    "禾", "泽", "朗", "晟", "翎", "沐", "骐", "岚", "昱", "湛",
)  # fmt: skip
NAME_ENDS_ZH = (
    "帆", "衡", "图", "景", "川", "越", "舟", "岳", "桥", "微",
    "谷", "峰", "塔", "芯", "策", "源", "阔", "野", "陆", "纪",
)  # fmt: skip
NAME_WORDS_ZH = ("软件", "金融服务", "机械", "医疗", "商贸", "教育", "物流", "能源")
NAME_SUFFIXES_ZH = ("有限公司", "股份有限公司", "科技有限公司", "集团有限公司")

PLACES = (
    ("United States", "North America", "CA", "San Francisco"),
    ("United States", "North America", "NY", "New York"),
    ("United States", "North America", "TX", "Austin"),
    ("United States", "North America", "IL", "Chicago"),
    ("Canada", "North America", "ON", "Toronto"),
    ("United Kingdom", "EMEA", "England", "London"),
    ("Germany", "EMEA", "Bavaria", "Munich"),
    ("France", "EMEA", "Île-de-France", "Paris"),
    ("Singapore", "APAC", "Singapore", "Singapore"),
    ("Australia", "APAC", "NSW", "Sydney"),
)
PLACES_ZH = (
    ("中国", "华东", "上海市", "上海"),
    ("中国", "华东", "浙江省", "杭州"),
    ("中国", "华东", "江苏省", "南京"),
    ("中国", "华北", "北京市", "北京"),
    ("中国", "华北", "天津市", "天津"),
    ("中国", "华南", "广东省", "深圳"),
    ("中国", "华南", "广东省", "广州"),
    ("中国", "西南", "四川省", "成都"),
    ("中国", "华中", "湖北省", "武汉"),
    ("中国", "西北", "陕西省", "西安"),
)

FUNDING_STAGES = ("Seed", "Series A", "Series B", "Series C", "Public")
FUNDING_STAGES_ZH = ("天使轮", "A轮", "B轮", "C轮", "已上市")
OWNERSHIPS = ("Private", "Public", "Subsidiary", "Government")
OWNERSHIPS_ZH = ("民营企业", "上市公司", "外资企业", "国有企业")

FIRST_NAMES = (
    "Alex", "Bea", "Chris", "Dana", "Eli", "Fran", "Gale", "Hana", "Ira", "Jo",
    "Kim", "Lou", "Mika", "Noa", "Oli", "Pat", "Quinn", "Robin", "Sam", "Toni",
)  # fmt: skip
LAST_NAMES = (
    "Ashdown", "Brightwell", "Carrow", "Dunmere", "Eastvale", "Farrowby", "Greyling", "Hallam",
    "Inglewick", "Jessop", "Kestrel", "Larkwood", "Merrow", "Northam", "Oakhurst", "Pennick",
    "Quarrell", "Rookley", "Stanmere", "Thornby",
)  # fmt: skip
FIRST_NAMES_ZH = (
    "一鸣", "子衿", "若溪", "思远", "嘉禾", "明澈", "安然", "书涵", "景行", "清越",
    "知微", "望舒", "云舒", "亦辰", "语桐", "沐阳", "星遥", "予安", "致远", "初晴",
)  # fmt: skip
LAST_NAMES_ZH = (
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈",
    "褚", "卫", "蒋", "沈", "韩", "杨", "朱", "秦", "尤", "许",
)  # fmt: skip
SURNAME_SPELLINGS = (
    "zhao", "qian", "sun", "li", "zhou", "wu", "zheng", "wang", "feng", "chen",
    "chu", "wei", "jiang", "shen", "han", "yang", "zhu", "qin", "you", "xu",
)  # fmt: skip

TITLES = (
    ("Chief Marketing Officer", "Marketing", "c_level"),
    ("VP of Marketing", "Marketing", "vp"),
    ("Marketing Manager", "Marketing", "manager"),
    ("Chief Information Officer", "IT", "c_level"),
    ("IT Director", "IT", "director"),
    ("Systems Engineer", "IT", "staff"),
    ("Chief Financial Officer", "Finance", "c_level"),
    ("Procurement Manager", "Procurement", "manager"),
    ("Buyer", "Procurement", "staff"),
    ("VP of Sales", "Sales", "vp"),
    ("Sales Operations Analyst", "Sales", "staff"),
    ("Chief Executive Officer", "Management", "c_level"),
    ("Head of Data", "IT", "director"),
    ("Customer Success Manager", "Service", "manager"),
)
TITLES_ZH = (
    ("首席营销官", "市场部", "c_level"),
    ("市场副总裁", "市场部", "vp"),
    ("市场经理", "市场部", "manager"),
    ("首席信息官", "信息技术部", "c_level"),
    ("信息技术总监", "信息技术部", "director"),
    ("系统工程师", "信息技术部", "staff"),
    ("财务总监", "财务部", "c_level"),
    ("采购经理", "采购部", "manager"),
    ("采购专员", "采购部", "staff"),
    ("销售副总裁", "销售部", "vp"),
    ("销售运营专员", "销售部", "staff"),
    ("总经理", "总经办", "c_level"),
    ("数据负责人", "信息技术部", "director"),
    ("客户成功经理", "客户服务部", "manager"),
)

SOURCES = ("Website", "Event", "Referral", "Cold call", "Partner")
CONSENTS = ("granted", "unknown", "withdrawn")
LEAD_STATUSES = ("RAW", "IQL", "MQL", "SQL")

KINDS = (
    "website_visit", "email_open", "content_download", "whitepaper_download", "webinar",
    "event_registration", "live_event", "demo_request", "meeting", "ad_view", "opportunity",
)  # fmt: skip
KIND_WEIGHTS = (0.52, 0.18, 0.08, 0.05, 0.05, 0.04, 0.03, 0.02, 0.03, 0.0, 0.0)
KIND_WEIGHTS_IN_DEAL = (0.28, 0.2, 0.06, 0.04, 0.04, 0.02, 0.02, 0.12, 0.22, 0.0, 0.0)
KIND_CHANNELS = (
    "web", "email", "web", "web", "webinar", "event", "event", "web", "sales", "display", "sales",
)  # fmt: skip
ASSETS = (
    "pricing page", "home page", "product tour", "buyer's guide", "ROI calculator",
    "产品介绍", "行业白皮书", "客户案例",
)  # fmt: skip

TOPICS = (
    "CRM", "Marketing automation", "Data platform", "Cloud migration", "Cybersecurity",
    "Generative AI",
)  # fmt: skip

SIGNAL_KINDS = (
    "job_posting", "funding_round", "news", "patent", "software_copyright", "trademark",
    "sem_ad", "event", "bid", "website", "registry_change", "legal_risk", "administrative_risk",
)  # fmt: skip
SIGNAL_WEIGHTS = (0.34, 0.08, 0.16, 0.06, 0.04, 0.05, 0.06, 0.05, 0.05, 0.03, 0.04, 0.03, 0.01)
SIGNAL_TEXTS = (
    "Hiring: marketing operations manager", "Closes a funding round", "Opens a new office",
    "Patent granted", "Software registered", "Trademark registered", "Search advertisement seen",
    "Speaks at an industry event", "Wins a public tender", "Website relaunched",
    "Registered address changed", "Named in a lawsuit", "Fined by a regulator",
)  # fmt: skip
SIGNAL_TEXTS_ZH = (
    "招聘：市场运营经理", "完成新一轮融资", "新设办公室", "获得专利授权", "登记软件著作权",
    "注册商标", "投放搜索广告", "出席行业活动", "中标公共采购项目", "官网改版", "注册地址变更",
    "涉及诉讼", "受到行政处罚",
)  # fmt: skip

PRODUCTS = ("Platform", "Analytics", "Connect")
OPEN_STAGES = ("Qualification", "Proposal", "Negotiation")
LOST_REASONS = ("Price", "No budget", "Competitor", "No decision")
WON_REASONS = ("Best fit", "Price", "Existing relationship")
CHANNELS = ("display", "email", "event", "direct_mail")
