/**
 * The columns of a roster file and the shape of what is read from it. Pure data; `read_roster.ts` reads, `rules.ts` judges.
 * The format is described in `docs/formats/roster.md`.
 */

/** Every column by its name in the header, with what a person calls it and whether it may be left empty. */
export const rosterColumns = {
  seq: { zh: '序号', optional: true },
  unit_code: { zh: '单位编码', optional: false },
  uscc: { zh: '统一社会信用代码', optional: false },
  name: { zh: '单位名称', optional: false },
  short_name: { zh: '单位简称', optional: false },
  agency_code: { zh: '机关代字', optional: false },
  number_series: { zh: '发文代字', optional: false },
  kind: { zh: '单位类别', optional: false },
  tier: { zh: '单位层级', optional: false },
  access: { zh: '接入方式', optional: false },
  terminals: { zh: '终端数', optional: false },
  responsible_leader_role: { zh: '分管领导岗位', optional: false },
  liaison_role: { zh: '联络员岗位', optional: false },
  sysadmin_role: { zh: '系统管理员岗位', optional: false },
  seal_keeper_role: { zh: '印章保管员岗位', optional: false },
  phone: { zh: '电话', optional: true },
  email: { zh: '电子邮件', optional: true },
  address: { zh: '地址', optional: true },
  archive_fonds: { zh: '全宗号', optional: true },
  network_isolated: { zh: '与互联网物理隔离', optional: false },
} as const satisfies Record<string, { zh: string; optional: boolean }>

export type RosterColumn = keyof typeof rosterColumns
export const rosterColumnNames = Object.keys(rosterColumns) as RosterColumn[]

const columnsByWord: ReadonlyMap<string, RosterColumn> = new Map(
  rosterColumnNames.flatMap((name) => [
    [name, name],
    [rosterColumns[name].zh, name],
  ]),
)

/** The column that a header means, by its name or by what a person calls it. */
export function rosterColumnOf(header: string): RosterColumn | undefined {
  return columnsByWord.get(header)
}

/** How a unit reaches the box. */
export const accessKinds = ['fibre-10m-vpn', 'adsl-vpdn'] as const
export type AccessKind = (typeof accessKinds)[number]

/** One unit as the roster names it. */
export interface RosterUnit {
  /** Row of the file as a spreadsheet counts: the header is row 1. */
  row: number
  /** Unified social credit code, 18 characters: the unit's identity. */
  uscc: string
  /** 9 digits: 6 of the division (GB/T 2260), 3 of the unit; may change. */
  unitCode: string
  name: string
  shortName: string
  /** 机关代字. */
  agencyCode: string
  /** The 代字 that its document numbers begin with, in the order of the file. */
  series: string[]
  kind: string
  tier: string
  access: AccessKind
  /** Computers to be connected, at least 1. */
  terminals: number
  /** Posts, never names of people. */
  roles: {
    responsibleLeader: string
    liaison: string
    systemAdministrator: string
    sealKeeper: string
  }
  /** Empty if the file leaves it empty, as are `email`, `address` and `archiveFonds`. */
  phone: string
  email: string
  address: string
  archiveFonds: string
}

/** One row of the file by columns, trimmed; a column that the row lacks is empty. */
export type RosterRow = { row: number } & Record<RosterColumn, string>
