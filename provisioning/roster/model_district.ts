/**
 * A small district of our own invention, for a demonstration without a roster file: twelve units of 青禾区, which does not
 * exist. Division 999901 is not in use; the organisation codes are from PDY90001 on, inside the range kept for private use.
 * Pure data.
 */
import type { AccessKind, RosterUnit } from './columns.ts'
import { makeUscc } from './uscc.ts'

const division = '999901'

/** What it is called. */
export const modelDistrictName = '青禾区'

/** Prefix of the credit code, name, short name, 代字, endings of its series, kind, tier, access, terminals. */
const table: readonly [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  AccessKind,
  number,
][] = [
  ['11', '中共青禾区委办公室', '区委办', '青办', '发通函', '党委机构', '区直', 'fibre-10m-vpn', 5],
  [
    '11',
    '中共青禾区委组织部',
    '区委组织部',
    '青组',
    '发函',
    '党委机构',
    '区直',
    'fibre-10m-vpn',
    3,
  ],
  [
    '11',
    '青禾区人民政府办公室',
    '区政府办',
    '青政办',
    '发通函',
    '政府机构',
    '区直',
    'fibre-10m-vpn',
    6,
  ],
  ['11', '青禾区财政局', '区财政局', '青财', '发函', '政府机构', '区直', 'fibre-10m-vpn', 4],
  ['11', '青禾区教育局', '区教育局', '青教', '发函', '政府机构', '区直', 'fibre-10m-vpn', 3],
  ['11', '青禾区水利局', '区水利局', '青水', '发函', '政府机构', '区直', 'fibre-10m-vpn', 2],
  ['12', '青禾区档案馆', '区档案馆', '青档', '发函', '政府机构', '事业', 'fibre-10m-vpn', 2],
  ['13', '青禾区总工会', '区总工会', '青工', '发函', '群团组织', '区直', 'fibre-10m-vpn', 1],
  ['11', '青禾区柳塘镇人民政府', '柳塘镇', '柳政', '发函', '街道乡镇', '乡镇街道', 'adsl-vpdn', 2],
  ['11', '青禾区石桥乡人民政府', '石桥乡', '石政', '发函', '街道乡镇', '乡镇街道', 'adsl-vpdn', 1],
  ['12', '青禾区人民医院', '区医院', '青医', '发函', '学校医院', '事业', 'adsl-vpdn', 2],
  ['91', '青禾区供水有限公司', '区供水公司', '青供水', '发函', '公用企业', '企业', 'adsl-vpdn', 1],
]

/** The twelve units in order; `row` counts as if they stood below a header. */
export const modelDistrict: readonly RosterUnit[] = table.map(
  ([prefix, name, shortName, agencyCode, endings, kind, tier, access, terminals], at) => ({
    row: at + 2,
    uscc: makeUscc({ prefix, division, organisation: `PDY${String(90001 + at)}` }),
    unitCode: division + String(at + 1).padStart(3, '0'),
    name,
    shortName,
    agencyCode,
    series: Array.from(endings, (ending) => agencyCode + ending),
    kind,
    tier,
    access,
    terminals,
    roles: {
      responsibleLeader: '分管文秘工作的领导',
      liaison: '文书',
      systemAdministrator: '信息管理员',
      sealKeeper: '印章管理员',
    },
    phone: '',
    email: '',
    address: '',
    archiveFonds: String(at + 1).padStart(3, '0'),
  }),
)
