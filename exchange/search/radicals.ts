/**
 * The CJK Radicals Supplement (U+2E80 to U+2EF3) as the unified ideographs that look the same. Pure.
 * NFKC folds the Kangxi Radicals block (U+2F00 to U+2FD5) but, two apart, not this one; printing browsers put both into PDFs.
 * The facts are Unicode's property Equivalent_Unified_Ideograph (UAX #38 and EquivalentUnifiedIdeograph.txt).
 */

const first = 0x2e80

/** Sixteen a row, in code point order; a character without an equivalent stands for itself. */
const rows = [
  '⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣', // U+2E80
  '尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母', // U+2E90
  '民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹', // U+2EA0
  '纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹', // U+2EB0
  '艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑', // U+2EC0
  '钅長镸长门𨸏阝雨青韦页风飞食𩙿飠', // U+2ED0
  '饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜', // U+2EE0
  '龙龜亀龟', // U+2EF0
]

const ideographs = Array.from(rows.join(''))

/** The unified ideograph of a character of the supplement, or undefined of any other code unit. */
export function ideographOfRadical(codeUnit: number): string | undefined {
  return codeUnit < first ? undefined : ideographs[codeUnit - first]
}

const anyRadical = /[\u2e80-\u2fdf]/g

/** A text with radicals of both blocks as ideographs, otherwise unchanged: for text out of PDFs. */
export function foldRadicals(text: string): string {
  return text.replace(
    anyRadical,
    (radical) => ideographOfRadical(radical.charCodeAt(0)) ?? radical.normalize('NFKC'),
  )
}
