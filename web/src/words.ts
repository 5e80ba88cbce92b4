/** The page's own words, in both languages, and names of data in the language that is shown. */
import { once } from "./once";
import type { Kind, Tagged } from "./data";
import type { Entity } from "./model";

export type Language = "both" | "en" | "zh";

export interface Spoken {
  text: string;
  /** A BCP 47 tag, empty where the data says none. */
  language: string;
}

/** What is shown of a name: the first line and, where both languages are shown, the second. */
export interface Name {
  first: Spoken;
  second: Spoken | null;
}

const WORDS = {
  entities: ["实体", "Entities"],
  relations: ["关系", "Relations"],
  period: ["时间", "Period"],
  confidence: ["可信度", "Confidence"],
  overview: ["概览", "Overview"],
  mostConnected: ["关联最多", "Most connected"],
  isolated: ["无关联", "Without relations"],
  hint: ["点击一个实体，查看其事实与来源。", "Select an entity to see its facts and the sources of each."],
  search: ["搜索名称、拼音、编号", "Search names, pinyin, ids"],
  table: ["表格", "Table"],
  network: ["网络", "Network"],
  arrangement: ["布局", "Arrangement"],
  byZone: ["按园区", "By zone"],
  hierarchy: ["层级", "Hierarchy"],
  overTime: ["时间轴", "Over time"],
  map: ["地图", "Map"],
  nextArrangement: ["换一种布局", "Next arrangement"],
  unpin: ["放回原处", "Put back"],
  compare: ["比较", "Compare"],
  compareWith: ["与另一个比较", "Compare"],
  compareHint: ["再选一个实体，与之比较。", "Now choose a second entity to compare the two."],
  comparison: ["比较", "Comparison"],
  onlyHere: ["仅此一方", "Only here"],
  bothHave: ["双方共有", "Both"],
  differing: ["不同", "Different"],
  same: ["相同", "Same"],
  between: ["两者之间", "Between the two"],
  swap: ["左右互换", "Swap sides"],
  shortestPath: ["最短路径", "Shortest path"],
  nothingDirect: ["两者之间没有直接关系。", "Nothing joins the two directly."],
  zones: ["园区", "Zones"],
  zonesHint: [
    "网络较大，先按园区汇总显示。选择一个园区即可打开。",
    "This network is large, so it is shown zone by zone. Select one to open it.",
  ],
  otherZones: ["其他", "Others"],
  allZones: ["返回全部园区", "All zones"],
  partOf: ["此页只显示一部分：全部共有", "This page shows a part. In all there are"],
  theme: ["外观", "Theme"],
  auto: ["自动", "automatic"],
  light: ["浅色", "light"],
  dark: ["深色", "dark"],
  language: ["语言", "Language"],
  legend: ["图例", "Legend"],
  details: ["详情", "Details"],
  close: ["关闭", "Close"],
  focus: ["聚焦邻域", "Focus"],
  unfocus: ["取消聚焦", "Unfocus"],
  steps: ["步", "steps"],
  path: ["由此找路径", "Path from here"],
  pathHint: [
    "再选一个实体，查找两者之间的最短路径。",
    "Now choose a second entity to see the shortest path between the two.",
  ],
  noPath: ["在当前筛选下，两者之间没有路径。", "With these filters there is no path between the two."],
  inCommon: ["共同关联", "In common"],
  pathOf: ["最短路径", "Shortest path"],
  hide: ["隐藏", "Hide"],
  hidden: ["已隐藏", "Hidden"],
  showAgain: ["全部重新显示", "Show all again"],
  facts: ["事实", "Facts"],
  figures: ["数据", "Figures"],
  contradicting: ["来源说法不一", "Sources differ"],
  aliases: ["别名", "Also known as"],
  note: ["说明", "Note"],
  evidence: ["来源", "Evidence"],
  noEvidence: ["未注明来源", "no evidence given"],
  citedBy: ["引用此来源", "Cited by"],
  row: ["行", "row"],
  since: ["自", "since"],
  until: ["至", "until"],
  undated: ["含未注明日期", "with undated"],
  play: ["播放", "Play"],
  pause: ["暂停", "Pause"],
  from: ["起", "From"],
  to: ["止", "To"],
  all: ["全部", "All"],
  none: ["全不选", "None"],
  only: ["仅此", "only"],
  showAll: ["显示全部", "Show all"],
  showFewer: ["收起", "Show fewer"],
  sources: ["来源", "sources"],
  empty: ["这里还没有实体。", "There are no entities here."],
  nothing: ["当前筛选下没有可显示的内容。", "With these filters there is nothing to show."],
  reset: ["重置筛选", "Reset filters"],
  noResult: ["没有匹配的名称。", "No name matches."],
  results: ["个结果", "results"],
  zoomIn: ["放大", "Zoom in"],
  zoomOut: ["缩小", "Zoom out"],
  fit: ["全部显示", "Fit all"],
  help: ["帮助", "Help"],
  walk: ["移动", "walk"],
  putElsewhere: ["移动所选实体", "Put the selected entity elsewhere"],
  open: ["打开", "open"],
  back: ["返回", "back"],
  clear: ["清除", "Clear"],
  keys: ["键盘", "Keyboard"],
  name: ["名称", "Name"],
  id: ["编号", "Id"],
  type: ["类型", "Type"],
  source: ["起点", "Source"],
  relation: ["关系", "Relation"],
  target: ["终点", "Target"],
  start: ["开始", "Start"],
  end: ["结束", "End"],
  links: ["关系数", "Relations"],
  more: ["更多", "more"],
  withEvidence: ["注明来源", "with evidence"],
  withoutEvidence: ["未注明来源", "without evidence"],
  asTables: ["下载为表格", "Download as tables"],
  notStated: ["未注明", "not stated"],
  downloadPng: ["下载 PNG 图片", "Download as PNG picture"],
  questions: ["提问", "Questions"],
  query: ["查询", "Query"],
  ask: ["提问", "Ask"],
  run: ["运行", "Run"],
  stop: ["停止", "Stop"],
  ownQuery: ["自己写查询（SPARQL）", "Write a query (SPARQL)"],
  ownQueryHint: [
    "前缀已设好。Ctrl+Enter 运行；查询只在本页内进行，不访问网络。",
    "The prefixes are set. Ctrl+Enter runs it, in this page alone: nothing goes over the network.",
  ],
  prefixes: ["前缀", "Prefixes"],
  starting: ["正在启动…", "Starting…"],
  looking: ["正在查询…", "Looking…"],
  rows: ["行", "rows"],
  noRows: ["没有结果。", "Nothing was found."],
  yes: ["是", "Yes"],
  no: ["否", "No"],
  any: ["不限", "any"],
  needed: ["此项必填。", "A value is needed."],
  unknownChoice: ["没有这一选项；请从列表中选择。", "There is no such choice; take one from the list."],
  notYear: ["请写四位年份，如 2024。", "Write a year, such as 2024."],
  notNumber: ["请写数字，如 3 或 2.5。", "Write a number, such as 3 or 2.5."],
  tooSlow: [
    "查询超过 10 秒，已停止。请缩小范围，例如加上 LIMIT。",
    "The query took more than 10 seconds and was stopped. Ask for less, for example with LIMIT.",
  ],
  tooLarge: [
    "结果太大，本页无法显示。请缩小范围，例如加上 LIMIT。",
    "The answer is too large for this page. Ask for less, for example with LIMIT.",
  ],
  tooMuch: [
    "查询所需内存或层次超出本页限度（1 GB），已停止。请缩小范围。",
    "The query needed more memory or depth than this page gives it (1 GB). Ask for less.",
  ],
  unexpected: ["此处有误。", "This is not expected here."],
  incomplete: ["查询不完整。", "The query is not complete."],
  noPrefix: ["没有这个前缀。", "There is no such prefix."],
  stopped: ["已停止。", "Stopped."],
  line: ["行", "line"],
  column: ["列", "column"],
  inNetwork: ["在网络中显示", "Show in the network"],
  asSparql: ["查看 SPARQL", "See the SPARQL"],
  allQuestions: ["全部问题", "All questions"],
  answer: ["结果", "Answer"],
  subject: ["主体", "Subject"],
  object: ["客体", "Object"],
  download: ["下载", "Download"],
  downloadTurtle: ["下载 Turtle", "Download Turtle"],
  downloadSvg: ["下载 SVG 图片", "Download as SVG picture"],
  downloadCsv: ["下载 CSV", "Download CSV"],
  licences: ["许可", "Licences"],
  undo: ["撤销", "Undo"],
  drawing: ["关系网络图", "Drawing of the network"],
  failed: ["页面未能打开：", "The page could not be opened: "],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type Word = keyof typeof WORDS;

/** Words that stand in data often enough to be known in both languages. */
const KNOWN = new Map<string, readonly [string, string]>([
  ["several", ["多个来源", "several sources"]],
  ["one source", ["单一来源", "one source"]],
  ["single", ["单一来源", "one source"]],
  ["one", ["单一来源", "one source"]],
  ["uncertain", ["存疑", "uncertain"]],
  ["high", ["高", "high"]],
  ["medium", ["中", "medium"]],
  ["low", ["低", "low"]],
]);

export function word(key: Word, language: Language): Spoken[] {
  return spoken(WORDS[key], language);
}

/** Returns one of the page's words as plain text, in one language or in both. */
export function plain(key: Word, language: Language): string {
  return word(key, language)
    .map((part) => part.text)
    .join(" ");
}

export function isWord(text: string): text is Word {
  return Object.hasOwn(WORDS, text);
}

export function known(text: string, language: Language): Spoken[] {
  const pair = KNOWN.get(text.toLowerCase());
  return pair ? spoken(pair, language) : [{ text, language: "" }];
}

function spoken(pair: readonly [string, string], language: Language): Spoken[] {
  const [zh, en] = pair;
  const both = [
    { text: zh, language: "zh" },
    { text: en, language: "en" },
  ];
  return language === "both" ? both : both.filter((part) => part.language === language);
}

function labelled(labels: ReadonlyMap<string, string>, wanted: string): Spoken | null {
  const exact = labels.get(wanted);
  if (exact !== undefined) return { text: exact, language: wanted };
  for (const [tag, text] of labels) if (tag.startsWith(`${wanted}-`)) return { text, language: tag };
  return null;
}

function named(labels: ReadonlyMap<string, string>, fallback: string, language: Language): Name {
  const order = language === "en" ? ["en", "", "zh"] : ["zh", "", "en"];
  const found = order.map((tag) => labelled(labels, tag)).filter((name) => name !== null);
  const any = [...labels].at(0);
  const first = found[0] ?? (any ? { text: any[1], language: any[0] } : { text: fallback, language: "" });
  const other = language === "both" ? found.find((name) => name.text !== first.text) : undefined;
  return { first, second: other ?? null };
}

export function nameOf(entity: Entity, language: Language): Name {
  return named(entity.labels, entity.id || "–", language);
}

export function kindName(kind: Kind, language: Language): Spoken[] {
  const { first, second } = named(new Map(Object.entries(kind.labels)), kind.word, language);
  return second ? [first, second] : [first];
}

export function kindText(kind: Kind, language: Language): string {
  return kindName(kind, language)
    .map((part) => part.text)
    .join(" ");
}

export function untag(value: Tagged): Spoken {
  return typeof value === "string" ? { text: value, language: "" } : { text: value[0], language: value[1] };
}

export function monthName(month: number, language: Language): string {
  return language === "en" ? months().format(Date.UTC(2000, month - 1)) : `${month}月`;
}

// To make one of these takes a browser some milliseconds; the first picture needs none.
const months = once(() => new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" }));
const graphemes = once(() => new Intl.Segmenter(undefined, { granularity: "grapheme" }));

/** Returns at most so many characters as a reader counts them, with an ellipsis where it was cut. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept: string[] = [];
  // A grapheme may be long (stacked marks), so the code units count too.
  for (const { segment } of graphemes().segment(text.slice(0, most * 12))) {
    if (kept.length >= most - 1) return `${kept.join("")}…`;
    kept.push(segment);
  }
  return text.length > most * 12 ? `${kept.join("")}…` : kept.join("");
}

/** Returns text for one line of a drawing: no line breaks, controls or marks that turn its direction. */
export function flat(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** Returns a whole number with its thousands apart; a browser's own formatter takes long to make. */
export function counted(count: number | string): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns a number with its thousands apart, exactly as many decimals as it was written with. */
export function figure(text: string): string {
  const found = /^([+-]?)(\d+)(\.\d+)?$/.exec(text);
  if (!found) return text;
  const whole = found[2].length > 15 ? found[2] : counted(found[2].replace(/^0+(?=\d)/, ""));
  return [found[1], whole, found.at(3)].join("");
}
