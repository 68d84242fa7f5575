/** Why a roster or one of its rows is refused: a closed set of codes, each with its words in English and Chinese. Pure. */
import { rosterColumns } from './columns.ts'
import type { RosterColumn } from './columns.ts'

/** Words of each fault; `{column}` is the column's name in that language, `{0}` and `{1}` the numbers and codes given with it. */
export const rosterFaults = {
  FILE_TOO_LARGE: ['file larger than {0} bytes', '文件超过 {0} 字节'],
  FILE_EMPTY: ['file has no header', '文件为空，没有表头'],
  ENCODING_UNKNOWN: ['neither UTF-8 nor GB18030', '文件既非 UTF-8 也非 GB18030 编码'],
  CSV_MALFORMED: ['not well-formed CSV ({0})', 'CSV 格式错误（{0}）'],
  TOO_MANY_ROWS: ['more than {0} rows', '超过 {0} 行'],
  COLUMN_MISSING: ['column missing: {0}', '缺少列：{0}（{column}）'],
  COLUMN_REPEATED: ['column named twice: {0}', '列名重复：{0}'],
  FIELD_COUNT: ['row has {0} fields where the header has {1}', '本行有 {0} 个字段，表头有 {1} 个'],
  FIELD_TOO_LONG: ['{column} longer than {0} characters', '{column}超过 {0} 个字符'],
  FORMULA: [
    'formula injection: {column} begins with = + - @ or a control character',
    '{column}以 = + - @ 或控制字符开头，有公式注入之嫌',
  ],
  CONTROL_CHARACTER: [
    '{column} contains a control, invisible or undecodable character',
    '{column}含控制字符、不可见字符或乱码',
  ],
  FIELD_EMPTY: ['{column} empty', '{column}不得为空'],
  UNIT_CODE_MALFORMED: ['unit_code not 9 digits', '单位编码应为 9 位数字'],
  UNIT_CODE_OTHER_DISTRICT: [
    'unit_code has the division code of another district ({0}, this roster is of {1})',
    '单位编码属于其他区划（{0}，本名册为 {1}）',
  ],
  USCC_LENGTH: ['uscc not 18 characters', '统一社会信用代码应为 18 位'],
  USCC_CHARACTER: [
    'uscc contains a forbidden letter (I/O/S/V/Z) or other character',
    '统一社会信用代码含不允许的字符（I、O、S、V、Z 等）',
  ],
  USCC_CHECK: ['uscc check character wrong', '统一社会信用代码校验位错误'],
  AGENCY_CODE_MALFORMED: [
    'agency_code not 1 to 10 Chinese characters',
    '机关代字应为 1 至 10 个汉字',
  ],
  SERIES_MALFORMED: [
    'number_series not a list of different 代字 (1 to 10 Chinese characters each) joined by ;',
    '发文代字应为以分号分隔、互不相同的 1 至 10 个汉字',
  ],
  ACCESS_UNKNOWN: [
    'access not one of fibre-10m-vpn|adsl-vpdn',
    '接入方式只能是 fibre-10m-vpn 或 adsl-vpdn',
  ],
  TERMINALS_MALFORMED: ['terminals not a whole number up to {0}', '终端数应为不超过 {0} 的整数'],
  TERMINALS_NONE: ['terminals < 1', '终端数至少为 1'],
  NOT_ISOLATED: [
    'network_isolated must be yes',
    '终端必须与互联网物理隔离（network_isolated 须为 yes）',
  ],
  UNIT_CODE_DUPLICATE: ['duplicate unit_code (row {0})', '单位编码与第 {0} 行重复'],
  USCC_DUPLICATE: ['duplicate uscc (row {0})', '统一社会信用代码与第 {0} 行重复'],
  AGENCY_CODE_DUPLICATE: ['duplicate agency_code (row {0})', '机关代字与第 {0} 行重复'],
  NAME_DUPLICATE: ['duplicate name (row {0})', '单位名称与第 {0} 行重复'],
  SHORT_NAME_DUPLICATE: ['duplicate short_name (row {0})', '单位简称与第 {0} 行重复'],
} as const satisfies Record<string, readonly [en: string, zh: string]>

export type RosterFaultCode = keyof typeof rosterFaults

/** One thing wrong; `reason` is one line in both languages and repeats no text of the file but column names and codes. */
export interface RosterFault {
  code: RosterFaultCode
  column?: RosterColumn
  reason: { en: string; zh: string }
}

/** Makes a fault with its words. */
export function rosterFault(
  code: RosterFaultCode,
  values: readonly (string | number)[] = [],
  column?: RosterColumn,
): RosterFault {
  const fill = (words: string, columnName: string) =>
    words
      .replace('{column}', columnName)
      .replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''))
  const [en, zh] = rosterFaults[code]
  const reason = {
    en: fill(en, column ?? ''),
    zh: fill(zh, column ? rosterColumns[column].zh : ''),
  }
  return { code, ...(column ? { column } : {}), reason }
}
