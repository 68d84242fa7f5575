/** The roster: the shared files in both encodings, each bad row for its stated reason, each rule with its twin, any bytes. */
import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import fc from 'fast-check'
import {
  makeUscc,
  maxRosterBytes,
  maxRosterRows,
  modelDistrict,
  readRoster,
  rosterColumnNames,
  rosterColumns,
} from '../../provisioning/roster/index.ts'
import type { RosterColumn, RosterFaultCode } from '../../provisioning/roster/index.ts'

const full = process.env['SEALBOX_TEST_FULL'] === '1'
/** Random files: 300, or 20,000 in the full count; seed 20100802. */
const numRuns = full ? 20_000 : 300
const seed = 20100802
const folder = new URL('../../../shared/data/roster/', import.meta.url)
const shared = existsSync(folder)

type Row = Record<RosterColumn, string>

const rowOfModel = (at: number): Row => {
  const unit = modelDistrict[at]
  if (!unit) throw new RangeError('no such unit')
  return {
    seq: String(at + 1),
    unit_code: unit.unitCode,
    uscc: unit.uscc,
    name: unit.name,
    short_name: unit.shortName,
    agency_code: unit.agencyCode,
    number_series: unit.series.join(';'),
    kind: unit.kind,
    tier: unit.tier,
    access: unit.access,
    terminals: String(unit.terminals),
    responsible_leader_role: unit.roles.responsibleLeader,
    liaison_role: unit.roles.liaison,
    sysadmin_role: unit.roles.systemAdministrator,
    seal_keeper_role: unit.roles.sealKeeper,
    phone: unit.phone,
    email: unit.email,
    address: unit.address,
    archive_fonds: unit.archiveFonds,
    network_isolated: 'yes',
  }
}
const quote = (field: string) =>
  /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
const csv = (rows: readonly Partial<Row>[], columns: readonly string[] = rosterColumnNames) =>
  [
    columns.join(','),
    ...rows.map((row) => columns.map((name) => quote(row[name as RosterColumn] ?? '')).join(',')),
  ].join('\r\n')
const bytes = (text: string) => new TextEncoder().encode(text)
const model = modelDistrict.map((_, at) => rowOfModel(at))
/** A thirteenth unit with nothing wrong. */
const another: Row = {
  ...rowOfModel(0),
  unit_code: '999901099',
  uscc: makeUscc({ prefix: '11', division: '999901', organisation: 'PDY90099' }),
  name: '青禾区试验局',
  short_name: '区试验局',
  agency_code: '青试',
  number_series: '青试发;青试函',
}
const codesOf = (rows: readonly Partial<Row>[]) =>
  readRoster(bytes(csv(rows))).refused.map(({ row, faults }) => [
    row,
    faults.map(({ code }) => code),
  ])

for (const name of ['roster-91.csv', 'roster-91.gb18030.csv']) {
  test(`${name} gives 91 units and nothing refused`, (t) => {
    if (!shared) {
      t.log('skipped: ../shared/data/roster is not here')
      t.pass()
      return
    }
    const { units, refused, unknownColumns } = readRoster(readFileSync(new URL(name, folder)))
    t.deepEqual([units.length, refused, unknownColumns], [91, [], []])
    t.like(units[0], { row: 2, uscc: '11530902PDY00001XR', unitCode: '530902001', terminals: 6 })
    t.deepEqual(units[0]?.series, ['示办发', '示办通', '示办函'])
    t.is(new Set(units.map(({ uscc }) => uscc)).size, 91)
  })
}

const badRows: readonly [expected: string, code: RosterFaultCode][] = [
  ['duplicate agency_code', 'AGENCY_CODE_DUPLICATE'],
  ['uscc check character wrong', 'USCC_CHECK'],
  ['uscc contains forbidden letter (I/O/S/V/Z)', 'USCC_CHARACTER'],
  ['name empty', 'FIELD_EMPTY'],
  ['access not one of fibre-10m-vpn|adsl-vpdn', 'ACCESS_UNKNOWN'],
  ['terminals < 1 (the notice requires at least one)', 'TERMINALS_NONE'],
  ['duplicate unit_code', 'UNIT_CODE_DUPLICATE'],
  ['formula injection in a text field: refuse or neutralise', 'FORMULA'],
  ['network_isolated=no must be refused', 'NOT_ISOLATED'],
  ['division code of another district', 'UNIT_CODE_OTHER_DISTRICT'],
]

test('each of the ten bad rows, appended to the good roster, is refused for its stated reason', (t) => {
  if (!shared) {
    t.log('skipped: ../shared/data/roster is not here')
    t.pass()
    return
  }
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8').trimEnd()
  const bad = read('roster-bad-rows.csv').split(/\r?\n/).slice(1)
  const stated = bad.map((line) => line.slice(line.lastIndexOf(',') + 1))
  const rows = bad.map((line) => line.slice(0, line.lastIndexOf(',')))
  t.deepEqual(
    stated,
    badRows.map(([expected]) => expected),
  )
  const { units, refused } = readRoster(bytes([read('roster-91.csv'), ...rows].join('\n')))
  t.is(units.length, 91)
  t.deepEqual(
    refused.map(({ row }) => row),
    badRows.map((_, at) => 93 + at),
  )
  for (const [at, [, code]] of badRows.entries()) {
    t.is(refused[at]?.faults[0]?.code, code)
  }
})

test('the bad rows by themselves are refused but for the two that only repeat the good roster', (t) => {
  if (!shared) {
    t.log('skipped: ../shared/data/roster is not here')
    t.pass()
    return
  }
  const { units, refused, unknownColumns } = readRoster(
    readFileSync(new URL('roster-bad-rows.csv', folder)),
  )
  t.deepEqual(unknownColumns, ['expect_error'])
  t.deepEqual(
    units.map(({ row }) => row),
    [2, 8],
  )
  t.is(refused.length, 8)
})

test('a roster without faults is read whole, and so is one with a thirteenth unit', (t) => {
  t.deepEqual(readRoster(bytes(csv(model))).units, modelDistrict)
  t.deepEqual(codesOf([...model, another]), [])
})

const rules: readonly [what: string, change: Partial<Row>, code: RosterFaultCode][] = [
  ['a unit code of 8 digits', { unit_code: '99990109' }, 'UNIT_CODE_MALFORMED'],
  ['a unit code of another district', { unit_code: '530902099' }, 'UNIT_CODE_OTHER_DISTRICT'],
  ['a credit code of 17 characters', { uscc: '11530902PDY00001X' }, 'USCC_LENGTH'],
  ['a credit code with an O', { uscc: '11530902PDYO0001XR' }, 'USCC_CHARACTER'],
  ['a credit code with a wrong check', { uscc: '11530902PDY00001XT' }, 'USCC_CHECK'],
  ['no name', { name: ' ' }, 'FIELD_EMPTY'],
  ['no seal keeper', { seal_keeper_role: '' }, 'FIELD_EMPTY'],
  ['a name of 201 characters', { name: '局'.repeat(201) }, 'FIELD_TOO_LONG'],
  ['a 代字 of Latin letters', { agency_code: 'QS' }, 'AGENCY_CODE_MALFORMED'],
  ['a 代字 of 11 characters', { agency_code: '青'.repeat(11) }, 'AGENCY_CODE_MALFORMED'],
  ['an empty member of the series', { number_series: '青试发;' }, 'SERIES_MALFORMED'],
  ['a series named twice', { number_series: '青试发;青试发' }, 'SERIES_MALFORMED'],
  ['a series with brackets', { number_series: '青试发〔2026〕' }, 'SERIES_MALFORMED'],
  ['access by wifi', { access: 'wifi' }, 'ACCESS_UNKNOWN'],
  ['no terminal', { terminals: '0' }, 'TERMINALS_NONE'],
  ['fewer than no terminals', { terminals: '-3' }, 'TERMINALS_NONE'],
  ['half a terminal', { terminals: '1.5' }, 'TERMINALS_MALFORMED'],
  ['ten thousand terminals', { terminals: '10000' }, 'TERMINALS_MALFORMED'],
  ['a computer on the internet', { network_isolated: 'no' }, 'NOT_ISOLATED'],
  ['a formula with =', { address: '=1+1' }, 'FORMULA'],
  ['a formula with +', { phone: '+86' }, 'FORMULA'],
  ['a formula with -', { name: '-局' }, 'FORMULA'],
  ['a formula with @', { email: '@SUM(A1)' }, 'FORMULA'],
  ['a formula with a full-width =', { address: '＝1' }, 'FORMULA'],
  ['a formula behind a blank', { address: ' =1' }, 'FORMULA'],
  ['a tab at the start', { address: '\t1' }, 'FORMULA'],
  ['a carriage return at the start', { address: '\r1' }, 'FORMULA'],
  ['a line break in a name', { name: '青禾区\n试验局' }, 'CONTROL_CHARACTER'],
  ['a NUL', { address: 'a\0' }, 'CONTROL_CHARACTER'],
  ['a bidirectional override', { name: '青禾区\u202e试验局' }, 'CONTROL_CHARACTER'],
  ['a zero-width space', { name: '青禾区\u200b试验局' }, 'CONTROL_CHARACTER'],
  ['a replacement character', { name: '青禾区\ufffd局' }, 'CONTROL_CHARACTER'],
  ['a unit code used above', { unit_code: '999901001' }, 'UNIT_CODE_DUPLICATE'],
  ['a credit code used above', { uscc: rowOfModel(0).uscc }, 'USCC_DUPLICATE'],
  ['a 代字 used above', { agency_code: '青办' }, 'AGENCY_CODE_DUPLICATE'],
  ['a name used above', { name: '青禾区财政局' }, 'NAME_DUPLICATE'],
  ['a short name used above', { short_name: '区财政局' }, 'SHORT_NAME_DUPLICATE'],
]

for (const [what, change, code] of rules) {
  test(`a row is refused, alone and for that alone: ${what}`, (t) => {
    t.deepEqual(codesOf([...model, { ...another, ...change }]), [[14, [code]]])
  })
}

test('a row with several faults is one refusal that names them all, in both languages', (t) => {
  const refused = readRoster(
    bytes(csv([...model, { ...another, terminals: '0', access: 'x' }])),
  ).refused
  t.is(refused.length, 1)
  t.regex(
    refused[0]?.reason ?? '',
    /access not one of.*; terminals < 1 \/ .*接入方式.*；终端数至少为 1/,
  )
})

test('rows count as a spreadsheet counts: blank rows and broken lines in a field do not shift them', (t) => {
  const rows = csv([rowOfModel(0), { ...rowOfModel(1), name: '甲\r\n乙' }, rowOfModel(2)]).split(
    '\r\n',
  )
  const text = [rows[0], rows[1], '', ',,,', ...rows.slice(2)].join('\r\n')
  const { units, refused } = readRoster(bytes(text))
  t.deepEqual(
    units.map(({ row }) => row),
    [2, 6],
  )
  t.deepEqual(
    refused.map(({ row }) => row),
    [5],
  )
})

test('line endings may be mixed, columns in any order, a byte order mark there or not', (t) => {
  const text = csv(model, rosterColumnNames.toReversed())
  t.is(readRoster(bytes('\ufeff' + text.replace('\r\n', '\n'))).units.length, 12)
})

const files: readonly [what: string, content: Uint8Array, code: RosterFaultCode][] = [
  ['nothing', new Uint8Array(), 'FILE_EMPTY'],
  ['blank lines', bytes('\n\n'), 'FILE_EMPTY'],
  ['bytes of no encoding', Uint8Array.of(0xff, 0xff, 0x00), 'ENCODING_UNKNOWN'],
  ['a quote that never ends', bytes(`${csv(model)}\r\n"abc`), 'CSV_MALFORMED'],
  [
    'a missing column',
    bytes(
      csv(
        model,
        rosterColumnNames.filter((c) => c !== 'uscc'),
      ),
    ),
    'COLUMN_MISSING',
  ],
  ['a column twice', bytes(csv(model, [...rosterColumnNames, 'uscc'])), 'COLUMN_REPEATED'],
  [
    'too many rows',
    bytes(csv(Array.from({ length: maxRosterRows + 1 }, () => another))),
    'TOO_MANY_ROWS',
  ],
  ['too many bytes', new Uint8Array(maxRosterBytes + 1), 'FILE_TOO_LARGE'],
]

for (const [what, content, code] of files) {
  test(`a file is refused as a whole: ${what}`, (t) => {
    const { units, refused } = readRoster(content)
    t.deepEqual([units.length, refused.length, refused[0]?.faults[0]?.code], [0, 1, code])
  })
}

test('a row with a field too many is refused, and the others are read', (t) => {
  const { units, refused } = readRoster(bytes(csv(model) + ',x'))
  t.is(units.length, 11)
  t.deepEqual(
    refused.map(({ row, faults }) => [row, faults[0]?.code]),
    [[13, 'FIELD_COUNT']],
  )
})

test('columns may be called by the Chinese names that a refusal shows, also mixed', (t) => {
  const words = rosterColumnNames.map((name) => rosterColumns[name].zh)
  const text = csv(model).split('\r\n').slice(1).join('\r\n')
  for (const header of [words, ['seq', ...words.slice(1)]]) {
    const { units, refused, unknownColumns } = readRoster(bytes(`${header.join(',')}\n${text}`))
    t.deepEqual([units.length, refused, unknownColumns], [model.length, [], []])
  }
  const both = readRoster(bytes(`${[...words, 'name'].join(',')}\n`))
  t.deepEqual(
    both.refused[0]?.faults.map(({ code }) => code),
    ['COLUMN_REPEATED'],
  )
})

test('a missing column and an unknown one are named', (t) => {
  const columns = rosterColumnNames.map((name) => (name === 'uscc' ? 'usccode' : name))
  const { refused, unknownColumns } = readRoster(bytes(csv(model, columns)))
  t.regex(refused[0]?.reason ?? '', /column missing: uscc .*缺少列：uscc/)
  t.deepEqual(unknownColumns, ['usccode'])
})

test('any byte string gets an answer', (t) => {
  const header = bytes(csv([]) + '\n')
  const content = fc
    .tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 }))
    .map(([headed, tail]) => (headed ? Uint8Array.of(...header, ...tail) : tail))
  t.notThrows(() => {
    fc.assert(
      fc.property(content, (file) => Array.isArray(readRoster(file).refused)),
      { numRuns, seed },
    )
  })
})

test('any fields get an answer', (t) => {
  const field = fc.oneof(fc.string({ maxLength: 12, unit: 'binary' }), fc.constantFrom('yes', '3'))
  const row = fc.record(Object.fromEntries(rosterColumnNames.map((name) => [name, field])))
  t.notThrows(() => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const { units, refused } = readRoster(bytes(csv(rows)))
        return units.length + refused.length >= 1
      }),
      { numRuns, seed },
    )
  })
})
