/**
 * Reads a roster of units from the bytes of a CSV file, for `sealbox roster FILE`. Pure and total: any byte string gets an
 * answer, nothing is thrown, and what is read is bounded. Changes nothing; whether the units are new to the box is judged
 * where they are applied. CSV as RFC 4180, in UTF-8 (with or without byte order mark) or GB18030.
 */
import { CsvError, parse } from 'csv-parse/sync'
import { rosterColumnNames, rosterColumnOf } from './columns.ts'
import type { RosterColumn, RosterRow, RosterUnit } from './columns.ts'
import { rosterFault } from './faults.ts'
import type { RosterFault } from './faults.ts'
import { commonDivision, duplicateFaults, rowFaults, unitOf } from './rules.ts'

/** A roster of 91 units has 25 KB; this holds ten thousand. */
export const maxRosterBytes = 4 * 1024 * 1024
/** Rows below the header. */
export const maxRosterRows = 5000
/** Unknown columns that are named in the answer. */
const maxNamedColumns = 50

export interface RefusedRow {
  /** Row of the file as a spreadsheet counts; 1 for what concerns the whole file or its header. */
  row: number
  /** All that is wrong with the row, in one line: English, then Chinese. */
  reason: string
  faults: RosterFault[]
}

export interface Roster {
  units: RosterUnit[]
  refused: RefusedRow[]
  /** Columns of the header that a roster does not know; they are not read. */
  unknownColumns: string[]
}

/** Reads a roster. One entry in `refused` for each refused row; a fault of the whole file leaves `units` empty. */
export function readRoster(bytes: Uint8Array): Roster {
  if (bytes.length > maxRosterBytes) {
    return refuseFile(rosterFault('FILE_TOO_LARGE', [maxRosterBytes]))
  }
  const text = decode(bytes)
  if (text === undefined) return refuseFile(rosterFault('ENCODING_UNKNOWN'))
  const records = parseRecords(text)
  if (!Array.isArray(records)) return records
  return judge(records)
}

/** Strict UTF-8 first: Chinese text in GB18030 is practically never valid UTF-8. The byte order mark is dropped. */
function decode(bytes: Uint8Array): string | undefined {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      continue
    }
  }
  return undefined
}

/** All records with blank ones kept, so that a record's place is its row; or the refusal of the file. */
function parseRecords(text: string): string[][] | Roster {
  try {
    return parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      to: maxRosterRows + 2,
    })
  } catch (error) {
    const { code, row } =
      error instanceof CsvError ? placeOf(error) : { code: 'unreadable', row: 1 }
    return refuseFile(rosterFault('CSV_MALFORMED', [code]), row)
  }
}

function placeOf(error: CsvError): { code: string; row: number } {
  const lines: unknown = error['lines']
  return { code: error.code, row: typeof lines === 'number' && lines > 0 ? lines : 1 }
}

function judge(records: readonly string[][]): Roster {
  const named = (records[0] ?? []).map((name) => name.trim())
  if (isBlank(named)) return refuseFile(rosterFault('FILE_EMPTY'))
  const header = named.map((name) => rosterColumnOf(name) ?? name)
  const unknownColumns = named
    .filter((name) => rosterColumnOf(name) === undefined)
    .slice(0, maxNamedColumns)
    .map(printable)
  const faults = headerFaults(header)
  if (faults.length > 0) return { units: [], refused: [refusal(1, faults)], unknownColumns }
  if (records.length > maxRosterRows + 1) {
    return refuseFile(rosterFault('TOO_MANY_ROWS', [maxRosterRows]))
  }
  return { ...judgeRows(header, records), unknownColumns }
}

function headerFaults(header: readonly string[]): RosterFault[] {
  const missing = rosterColumnNames.filter((name) => !header.includes(name))
  const repeated = rosterColumnNames.filter(
    (name) => header.indexOf(name) !== header.lastIndexOf(name),
  )
  return [
    ...missing.map((name) => rosterFault('COLUMN_MISSING', [name], name)),
    ...repeated.map((name) => rosterFault('COLUMN_REPEATED', [name], name)),
  ]
}

function judgeRows(
  header: readonly string[],
  records: readonly string[][],
): Pick<Roster, 'units' | 'refused'> {
  const misshapen: RefusedRow[] = []
  const rows: RosterRow[] = []
  for (const [at, record] of records.entries()) {
    if (at === 0 || isBlank(record)) continue
    if (record.length === header.length) rows.push(rowOf(header, record, at + 1))
    else {
      misshapen.push(refusal(at + 1, [rosterFault('FIELD_COUNT', [record.length, header.length])]))
    }
  }
  const division = commonDivision(rows)
  const duplicates = duplicateFaults(rows)
  const judged = rows.map((row) => ({
    row,
    faults: [...rowFaults(row, division), ...(duplicates.get(row) ?? [])],
  }))
  const refused = judged
    .filter(({ faults }) => faults.length > 0)
    .map(({ row, faults }) => refusal(row.row, faults))
  return {
    units: judged.filter(({ faults }) => faults.length === 0).map(({ row }) => unitOf(row)),
    refused: [...misshapen, ...refused].sort((a, b) => a.row - b.row),
  }
}

/** Fields by column. Blanks around a value are dropped, a tab or line break is not: it is a fault to be named. */
function rowOf(header: readonly string[], record: readonly string[], row: number): RosterRow {
  const field = (column: RosterColumn) =>
    (record[header.indexOf(column)] ?? '').replace(/^[ \u3000]+|[ \u3000]+$/g, '')
  const fields = Object.fromEntries(rosterColumnNames.map((column) => [column, field(column)]))
  return { row, ...(fields as Record<RosterColumn, string>) }
}

const isBlank = (record: readonly string[]): boolean => record.every((field) => field.trim() === '')

/** A foreign column's name as it can be shown: short, without controls. */
const printable = (name: string): string => name.replace(/\p{C}/gu, '?').slice(0, 40)

function refuseFile(fault: RosterFault, row = 1): Roster {
  return { units: [], refused: [refusal(row, [fault])], unknownColumns: [] }
}

function refusal(row: number, faults: RosterFault[]): RefusedRow {
  const join = (language: 'en' | 'zh', mark: string) =>
    faults.map((fault) => fault.reason[language]).join(mark)
  return { row, reason: `${join('en', '; ')} / ${join('zh', '；')}`, faults }
}
