/** The units of a roster file, for the officer to read before it is signed. Reads what it must for that; the box judges it whole. Pure. */

export interface RosterRow {
  readonly uscc: string
  readonly name: string
}

/** CSV of RFC 4180 in UTF-8 or GB18030; undefined if it has no columns `uscc` and `name`. */
export function rosterRows(bytes: Uint8Array): RosterRow[] | undefined {
  const text = decode(bytes)
  const [header = [], ...records] = text === undefined ? [] : recordsOf(text)
  const [uscc, name] = ['uscc', 'name'].map((column) =>
    header.findIndex((one) => one.trim() === column),
  )
  if (uscc === undefined || name === undefined || uscc < 0 || name < 0) return undefined
  return records
    .filter((record) => record.some((field) => field.trim() !== ''))
    .map((record) => ({ uscc: (record[uscc] ?? '').trim(), name: (record[name] ?? '').trim() }))
}

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

function recordsOf(text: string): string[][] {
  const records: string[][] = [[]]
  const fields = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|\n|\r|$)/gy
  for (const [, raw = '', end] of text.matchAll(fields)) {
    const field = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw
    records.at(-1)?.push(field)
    if (end === '') break
    if (end !== ',') records.push([])
  }
  return records
}
