"""Everything a merchant can read about a file that is not right: what is wrong and what to do, in both languages."""

from pathlib import Path

import msgspec

from bot.backends.catalog_file.text import short
from bot.domain.errors import CatalogueError

# Each entry: what is wrong in Chinese and in English, then what to do in Chinese and in English.
_PER_SKU = ("每个规格写一行，分别写库存和价格", "write one row per SKU, each with its own stock and price")
_ONE_CURRENCY = ("统一成一种币种", "use one currency")
_ONE_COLUMN = ("只留一列", "keep one of the two columns")
_ROW: dict[str, tuple[str, str, str, str]] = {
    # prices
    "price_missing": ("没有写价格", "there is no price", "填写售价，如 129", "fill it in, as in 129"),
    "price_words": (
        "“{0}”不是价格",
        '"{0}" is not a price',
        "只写一个数字，如 129 或 129.00",
        "write one number, as in 129 or 129.00",
    ),
    "price_negative": ("“{0}”是负数", '"{0}" is negative', "写真实的售价，如 129", "write the real price, as in 129"),
    "price_zero": (
        "“{0}”等于 0",
        '"{0}" is zero',
        "写真实的售价；赠品请写“下架”",
        "write the real price; take gifts off the list",
    ),
    "price_range": ("“{0}”不止一个价格", '"{0}" is more than one price', *_PER_SKU),
    "price_decimals": (
        "“{0}”小数超过两位",
        '"{0}" has more than two decimals',
        "写到分，如 129.00",
        "write at most two, as in 129.00",
    ),
    "price_huge": ("“{0}”数额过大", '"{0}" is too large', "检查是否多打了数字", "check for surplus digits"),
    "price_unsure": (
        "没有写价格，而上面几行的价格不同",
        "there is no price, and the rows above differ",
        "填写售价",
        "fill it in",
    ),
    "no_price_column": (
        "没有价格这一列，所以不会报价",
        "there is no price column, so no price is ever stated",
        "加一列“价格”",
        'add a column "price"',
    ),
    "currency_unknown": (
        "“{0}”这个币种不认识",
        'the currency "{0}" is not known',
        "价格只写数字，“币种”列写 CNY、USD 这样的代码",
        'write digits only, and a code such as CNY or USD in the column "currency"',
    ),
    "currency_clash": ("“{0}”和币种 {1} 不一致", '"{0}" is not in {1}', *_ONE_CURRENCY),
    "currency_mixed": (
        "同一商品里有 {0} 和 {1} 两种货币",
        "one product has prices in {0} and in {1}",
        *_ONE_CURRENCY,
    ),
    "original_currency": ("原价是 {0}，价格是 {1}", "the list price is in {0}, the price in {1}", *_ONE_CURRENCY),
    "original_low": (
        "原价“{0}”比现价低，没有采用",
        'the list price "{0}" is lower than the price and was left out',
        "检查两列有没有填反",
        "check whether the two were swapped",
    ),
    # stock, sizes, SKUs
    "stock_words": (
        "“{0}”不是库存数",
        '"{0}" is not a number of pieces',
        "写整数，如 12；卖完写 0；不想公布就留空",
        "write a whole number, as in 12; 0 when sold out; leave it empty to keep it to yourself",
    ),
    "stock_count": ("“{0}”的个数和规格对不上", '"{0}" does not match the number of SKUs', *_PER_SKU),
    "stock_total": ("“{0}”是几个规格的总数", '"{0}" is the total of several SKUs', *_PER_SKU),
    "two_lists": ("“{0}”和“{1}”同时写了多个", '"{0}" and "{1}" are both lists', *_PER_SKU),
    "sku_repeated": (
        "规格“{0}”和第 {1} 行重复，没有采用",
        'the SKU "{0}" repeats row {1} and was left out',
        "每个尺码、颜色只写一行",
        "write each size and colour once",
    ),
    "code_repeated": (
        "SKU 编码“{0}”用了两次",
        'the SKU code "{0}" is used twice',
        "每个规格一个编码",
        "give each SKU its own code",
    ),
    # products
    "no_name": (
        "没有商品名，这一行没有采用",
        "there is no product name; the row was left out",
        "写上商品名",
        "fill it in",
    ),
    "id_taken": (
        "商品ID“{0}”在第 {1} 行是“{2}”，第 {3} 行又是“{4}”，后一行没有采用",
        'the id "{0}" is "{2}" in row {1} but "{4}" in row {3}; the later row was left out',
        "给其中一个换一个商品ID",
        "give one of them another id",
    ),
    "id_mangled": (
        "编号被表格改成了科学计数“{0}”",
        'the spreadsheet turned the id into "{0}"',
        "把这一列设为文本后重新填写",
        "format the column as text and fill it in again",
    ),
    "number_words": (
        "“{0}”不是链接号",
        '"{0}" is not a link number',
        "写直播间里的序号，如 3",
        "write its number in the room, as in 3",
    ),
    "number_taken": (
        "{0}号链接在第 {1} 行已经用了，这个商品暂时没有链接号",
        "link {0} is taken by row {1}; this product has none for now",
        "改成直播间里真实的序号",
        "write its real number in the room",
    ),
    "listed_words": (
        "“{0}”看不出是上架还是下架，先按下架处理",
        '"{0}" says neither yes nor no and is taken as not for sale',
        "写“上架”或“下架”",
        "write yes or no",
    ),
    "margin_words": (
        "“{0}”看不出利润高低，先当作未知",
        '"{0}" is no margin class and is taken as unknown',
        "写“高”“中”“低”，或百分比，如 35%",
        "write high, mid or low, or a share such as 35%",
    ),
    "differs": (
        "“{0}”和同一商品前面写的“{1}”不同，以前面为准",
        '"{0}" differs from "{1}" said above for this product; the first one counts',
        "每个商品只写一种说法",
        "say it in one way per product",
    ),
    "two_columns": ("两列写得不一样：“{0}”和“{1}”", 'two columns disagree: "{0}" and "{1}"', *_ONE_COLUMN),
    "companion_unknown": (
        "“{0}”不是这个文件里的商品",
        '"{0}" is not a product of this file',
        "写商品ID、商品名或“3号”",
        'write a product id, a name or "#3"',
    ),
    "faq_stray": (
        "“{0}”没有成对，或者问了两遍",
        '"{0}" has no answer, or is asked twice',
        "写成“问：…答：…”，每对一行",
        'write "Q: … A: …", one pair per line',
    ),
    "too_long": ("有 {0} 个字，只保留前 {1} 个", "has {0} characters; {1} were kept", "写短一些", "make it shorter"),
    # columns
    "same_column": (
        "和“{0}”是同一项，没有读取",
        'means the same as "{0}" and was not read',
        *_ONE_COLUMN,
    ),
    "internal": (
        "“{0}”看起来是内部数据，没有读取",
        '"{0}" looks internal and was not read',
        "要让观众知道的内容，请换一个表头",
        "if viewers may know it, give it another heading",
    ),
    "no_heading": (
        "第 {0} 列没有表头，没有读取",
        "column {0} has no heading and was not read",
        "写上表头，或清空这一列",
        "give it a heading, or empty it",
    ),
    "too_many": (
        "错误太多，后面的没有列出",
        "there are more errors than are listed",
        "先改正列出的，再保存",
        "repair those listed and save again",
    ),
}
_EXPORT = ("用表格软件重新另存为 CSV", "save it as CSV again from the spreadsheet")
_FEWER = ("只留本场要卖的商品", "keep what this show sells")
_FILE: dict[str, tuple[str, str, str, str]] = {
    "missing": ("找不到这个文件", "the file does not exist", "检查文件名和文件夹", "check the name and the folder"),
    "unreadable": (
        "文件打不开（{0}）",
        "the file cannot be read ({0})",
        "检查读取权限，并关闭占用它的程序",
        "check its permissions and close the program that locks it",
    ),
    "unwritable": (
        "文件写不进去（{0}）",
        "the file cannot be written ({0})",
        "检查文件夹和写入权限",
        "check the folder and its permissions",
    ),
    "suffix": (
        "不支持“{0}”这种文件",
        'files ending in "{0}" cannot be read',
        "另存为 .csv、.xlsx 或 .json",
        "save it as .csv, .xlsx or .json",
    ),
    "large": ("文件超过 20 MB", "the file is larger than 20 MB", *_FEWER),
    "unpacked": ("表格解压后过大", "the workbook is too large when unpacked", *_FEWER),
    "rows": ("超过 {0} 行", "more than {0} rows", *_FEWER),
    "columns": ("超过 {0} 列", "more than {0} columns", "删掉用不到的列", "delete columns that nobody needs"),
    "encoding": ("文字编码认不出来", "its text encoding is not known", "另存为“CSV UTF-8”", 'save it as "CSV UTF-8"'),
    "csv": (
        "第 {0} 行之后读不下去：引号没有成对，或者文件只写了一半",
        "cannot be read past row {0}: a quotation mark is not closed, or the file is half written",
        *_EXPORT,
    ),
    "encrypted": (
        "文件加了密码，或者是旧的 .xls 格式",
        "the file has a password, or is an old .xls",
        "去掉密码，另存为 .xlsx",
        "remove the password and save it as .xlsx",
    ),
    "xlsx": (
        "表格损坏，或没有存完整（{0}）",
        "the workbook is damaged, or was not saved completely ({0})",
        "在表格软件里打开后重新保存",
        "open it in the spreadsheet and save it again",
    ),
    "json": (
        "JSON 读不下去，可能只写了一半（{0}）",
        "not valid JSON, perhaps half written ({0})",
        "重新导出，用 UTF-8 保存",
        "export it again, as UTF-8",
    ),
    "json_shape": (
        "第 {0} 项不是商品对象",
        "item {0} is not an object that describes a product",
        '写成 [{{"商品名": "…"}}] 或 {{"products": […]}}',
        'write [{{"name": "…"}}] or {{"products": […]}}',
    ),
    "no_name_column": (
        "没有商品名这一列（看到的表头：{0}）",
        "there is no column for the product name (headings found: {0})",
        "第一行写表头，其中一列叫“商品名”",
        'write headings in the first row, one of them "name"',
    ),
    "no_products": (
        "没有一行能用（{0}）",
        "no row can be used ({0})",
        "至少写一个商品，带商品名和价格",
        "write at least one product with its name and price",
    ),
}


class Bad(msgspec.Struct, frozen=True):
    """Something that cannot be used: what is wrong and what to do, as "中文 / English"."""

    problem: str
    fix: str


def bad(code: str, *values: object) -> Bad:
    """Say what is wrong with a value or a row; the values found are quoted, shortened."""
    return _say(_ROW[code], values)


def broken(path: Path, code: str, *values: object) -> CatalogueError:
    """Make the error of a file that cannot be used at all: it names the file, what is wrong, and the fix."""
    said = _say(_FILE[code], values)
    return CatalogueError(f"{short(path.name)}: {said.problem} Fix: {said.fix}")


def _say(words: tuple[str, str, str, str], values: tuple[object, ...]) -> Bad:
    shown = [short(v) if isinstance(v, str) else v for v in values]
    zh, en, fix_zh, fix_en = (w.format(*shown) for w in words)
    return Bad(f"{zh}。 / {en[:1].upper()}{en[1:]}.", f"{fix_zh}。 / {fix_en[:1].upper()}{fix_en[1:]}.")
