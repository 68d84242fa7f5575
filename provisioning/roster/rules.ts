/**
 * The rules of a roster: what one row must hold by itself, and what the rows must not share. Pure. Each rule is one line of a
 * table or one small function, and names its fault. Does not read files; does not know which units the box already has.
 */
import { accessKinds, rosterColumnNames, rosterColumns } from './columns.ts'
import type { AccessKind, RosterColumn, RosterRow, RosterUnit } from './columns.ts'
import { rosterFault } from './faults.ts'
import type { RosterFault, RosterFaultCode } from './faults.ts'
import { usccFault } from './uscc.ts'

/** Characters of a field; the longest true name of an organ is far below. */
export const maxFieldCharacters = 200
/** Computers of one unit; beyond it is a slip of the keyboard. */
export const maxTerminals = 9999

const agencyWord = /^\p{Script=Han}{1,10}$/u
const formulaStart = /^\s*[=+\-@]|^[\t\r]/
/** Controls, invisible format characters (bidi overrides, zero width), line separators, private use, U+FFFD. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\uFFFD]/u

const usccFaultCodes = {
  length: 'USCC_LENGTH',
  character: 'USCC_CHARACTER',
  check: 'USCC_CHECK',
} as const

/** All that is wrong with one row by itself; empty if nothing. `division` is the district's 6 digits. */
export function rowFaults(row: RosterRow, division: string): RosterFault[] {
  const text = rosterColumnNames.flatMap((column) => textFaults(column, row[column]))
  const spoiled = new Set(text.map((fault) => fault.column))
  const values = valueRules.flatMap(({ column, judge }) => {
    if (spoiled.has(column)) return []
    const found = judge(row[column], division)
    return found ? [rosterFault(found.code, found.values, column)] : []
  })
  return [...text, ...values]
}

const uniqueColumns = {
  unit_code: 'UNIT_CODE_DUPLICATE',
  uscc: 'USCC_DUPLICATE',
  agency_code: 'AGENCY_CODE_DUPLICATE',
  name: 'NAME_DUPLICATE',
  short_name: 'SHORT_NAME_DUPLICATE',
} as const satisfies Partial<Record<RosterColumn, RosterFaultCode>>

/** For each row that repeats what an earlier row has: its faults, which name the earlier row. */
export function duplicateFaults(rows: readonly RosterRow[]): Map<RosterRow, RosterFault[]> {
  const found = new Map<RosterRow, RosterFault[]>()
  for (const [column, code] of Object.entries(uniqueColumns) as [
    keyof typeof uniqueColumns,
    RosterFaultCode,
  ][]) {
    const first = new Map<string, number>()
    for (const row of rows) {
      const key = row[column].normalize('NFKC').toUpperCase()
      if (key === '') continue
      const earlier = first.get(key)
      if (earlier === undefined) first.set(key, row.row)
      else found.set(row, [...(found.get(row) ?? []), rosterFault(code, [earlier], column)])
    }
  }
  return found
}

/** The district's division code: the first six digits that most unit codes have, the first such if two have as many. */
export function commonDivision(rows: readonly RosterRow[]): string {
  const counts = new Map<string, number>()
  for (const { unit_code } of rows) {
    if (!/^\d{9}$/.test(unit_code)) continue
    const division = unit_code.slice(0, 6)
    counts.set(division, (counts.get(division) ?? 0) + 1)
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), ['', 0])[0]
}

/** The unit of a row without faults. */
export function unitOf(row: RosterRow): RosterUnit {
  return {
    row: row.row,
    uscc: row.uscc,
    unitCode: row.unit_code,
    name: row.name,
    shortName: row.short_name,
    agencyCode: row.agency_code,
    series: row.number_series.split(';'),
    kind: row.kind,
    tier: row.tier,
    access: row.access as AccessKind,
    terminals: Number(row.terminals),
    roles: {
      responsibleLeader: row.responsible_leader_role,
      liaison: row.liaison_role,
      systemAdministrator: row.sysadmin_role,
      sealKeeper: row.seal_keeper_role,
    },
    phone: row.phone,
    email: row.email,
    address: row.address,
    archiveFonds: row.archive_fonds,
  }
}

/** What must hold of every field; the first fault of a field is enough. */
function textFaults(column: RosterColumn, text: string): RosterFault[] {
  if (text.length > maxFieldCharacters) {
    return [rosterFault('FIELD_TOO_LONG', [maxFieldCharacters], column)]
  }
  if (column !== 'terminals' && formulaStart.test(text.normalize('NFKC'))) {
    return [rosterFault('FORMULA', [], column)]
  }
  if (unseen.test(text)) return [rosterFault('CONTROL_CHARACTER', [], column)]
  if (text === '' && !rosterColumns[column].optional) {
    return [rosterFault('FIELD_EMPTY', [], column)]
  }
  return []
}

interface Found {
  code: RosterFaultCode
  values?: (string | number)[]
}

/** What must hold of one column's value; judged only if the field's text is sound. */
const valueRules: readonly {
  column: RosterColumn
  judge: (text: string, division: string) => Found | undefined
}[] = [
  { column: 'unit_code', judge: unitCodeFault },
  {
    column: 'uscc',
    judge: (text) => {
      const fault = usccFault(text)
      return fault && { code: usccFaultCodes[fault] }
    },
  },
  {
    column: 'agency_code',
    judge: (text) => (agencyWord.test(text) ? undefined : { code: 'AGENCY_CODE_MALFORMED' }),
  },
  {
    column: 'number_series',
    judge: (text) => (isSeriesList(text) ? undefined : { code: 'SERIES_MALFORMED' }),
  },
  {
    column: 'access',
    judge: (text) =>
      (accessKinds as readonly string[]).includes(text) ? undefined : { code: 'ACCESS_UNKNOWN' },
  },
  { column: 'terminals', judge: terminalsFault },
  {
    column: 'network_isolated',
    judge: (text) => (text === 'yes' ? undefined : { code: 'NOT_ISOLATED' }),
  },
]

function unitCodeFault(text: string, division: string): Found | undefined {
  if (!/^\d{9}$/.test(text)) return { code: 'UNIT_CODE_MALFORMED' }
  const own = text.slice(0, 6)
  return own === division
    ? undefined
    : { code: 'UNIT_CODE_OTHER_DISTRICT', values: [own, division] }
}

function terminalsFault(text: string): Found | undefined {
  if (!/^-?\d{1,9}$/.test(text)) return { code: 'TERMINALS_MALFORMED', values: [maxTerminals] }
  if (Number(text) < 1) return { code: 'TERMINALS_NONE' }
  return Number(text) > maxTerminals
    ? { code: 'TERMINALS_MALFORMED', values: [maxTerminals] }
    : undefined
}

function isSeriesList(text: string): boolean {
  const series = text.split(';')
  return series.every((word) => agencyWord.test(word)) && new Set(series).size === series.length
}
