/** Writes a roster as CSV that `readRoster` reads back to the same units. Pure. */
import { utf8 } from '../../ca/index.ts'
import { rosterColumnNames, type RosterColumn, type RosterUnit } from './columns.ts'

/** UTF-8 with one header line, all columns. */
export function writeRoster(units: readonly RosterUnit[]): Uint8Array {
  const rows = units.map((unit, at) => {
    const cells = cellsOf(unit, at + 1)
    return rosterColumnNames.map((column) => quoted(cells[column])).join(',')
  })
  return utf8(`${[rosterColumnNames.join(','), ...rows].join('\n')}\n`)
}

function cellsOf(unit: RosterUnit, sequence: number): Record<RosterColumn, string> {
  const { roles } = unit
  return {
    seq: String(sequence),
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
    responsible_leader_role: roles.responsibleLeader,
    liaison_role: roles.liaison,
    sysadmin_role: roles.systemAdministrator,
    seal_keeper_role: roles.sealKeeper,
    phone: unit.phone,
    email: unit.email,
    address: unit.address,
    archive_fonds: unit.archiveFonds,
    network_isolated: 'yes',
  }
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
