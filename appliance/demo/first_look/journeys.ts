/**
 * Who sends what to whom in the first look, and how far each document has come: every stage is there for the government's office as
 * sender and for the finance bureau as recipient. Pure data.
 */
import type { LookText } from './text.ts'
import { officeTexts as office } from './texts_office.ts'
import { financeTexts as finance, otherTexts as other } from './texts_others.ts'

/** Units of the model district by their short names. */
export const lookUnits = [
  '区委办',
  '区委组织部',
  '区政府办',
  '区财政局',
  '区教育局',
  '区水利局',
  '区档案馆',
  '区总工会',
  '柳塘镇',
  '石桥乡',
  '区医院',
  '区供水公司',
] as const
export type LookUnit = (typeof lookUnits)[number]

/** What a recipient did: opened it, signed for it, or returned it for a reason. */
export type LookAnswer = 'opened' | 'signed' | { readonly returned: string }

export interface Dispatching {
  /** Units it goes to where the page names none of this box. */
  readonly to?: readonly LookUnit[]
  readonly deadline?: { readonly hours: number } | { readonly seconds: number }
  /** Units that are not named here have not opened it. */
  readonly answers: Partial<Readonly<Record<LookUnit, LookAnswer>>>
}

export interface Journey {
  readonly text: LookText
  /** The lead organ first. */
  readonly issuers: readonly LookUnit[]
  /** Units of this box, or names that stand on the page only. */
  readonly main: readonly LookUnit[] | { readonly named: readonly string[] }
  readonly copies?: readonly LookUnit[]
  /** One of the lead's series; its first by default. */
  readonly series?: string
  /** The number that begins the series here: a register that was begun on paper. */
  readonly number?: number
  /** Issuers whose leaders approved; all once it is registered. */
  readonly approvedBy: readonly LookUnit[]
  readonly isNumbered?: boolean
  readonly sealedBy?: readonly LookUnit[]
  readonly dispatching?: Dispatching
}

const everybody = { named: ['各乡镇人民政府', '区直各单位'] }
const government = { named: ['青禾区人民政府'] }

/** All but these. */
function others(...but: readonly LookUnit[]): LookUnit[] {
  return lookUnits.filter((unit) => !but.includes(unit))
}

function all<A extends LookAnswer>(
  units: readonly LookUnit[],
  answer: A,
): Partial<Record<LookUnit, A>> {
  return Object.fromEntries(units.map((unit) => [unit, answer]))
}

/** Documents that its issuers have sealed and sent. */
function sent(
  of: Pick<Journey, 'text' | 'issuers' | 'main' | 'copies' | 'series' | 'number'>,
  dispatching: Dispatching,
): Journey {
  const { issuers } = of
  return { ...of, approvedBy: issuers, isNumbered: true, sealedBy: issuers, dispatching }
}

const officeJourneys: readonly Journey[] = [
  // Signed for by all.
  sent(
    { text: office.startUsing, issuers: ['区政府办'], main: everybody, number: 31 },
    { to: others('区政府办'), answers: all(others('区政府办'), 'signed') },
  ),
  // 7 of 11 receipts are in; the finance bureau has not opened it.
  sent(
    {
      ...{ text: office.wind, issuers: ['区政府办'], main: everybody },
      ...{ series: '青政办通', number: 18 },
    },
    {
      to: others('区政府办'),
      deadline: { hours: 20 },
      answers: {
        ...all(
          ['区委办', '区委组织部', '区教育局', '区水利局', '区总工会', '柳塘镇', '区医院'],
          'signed',
        ),
        ...all(['区供水公司', '石桥乡'], 'opened'),
      },
    },
  ),
  // Returned by its main recipient.
  sent(
    {
      ...{ text: office.water, issuers: ['区政府办'], main: ['区水利局'], copies: ['区供水公司'] },
      ...{ series: '青政办函', number: 12 },
    },
    {
      answers: {
        区水利局: {
          returned: '附件统计表缺少“管护单位”一栏，与正文要求不一致，请补充后重新发来。',
        },
        区供水公司: 'signed',
      },
    },
  ),
  // Overdue: the deadline passes while the demo is filled.
  sent(
    {
      text: office.handling,
      issuers: ['区政府办'],
      main: ['区教育局', '区医院', '柳塘镇', '石桥乡'],
      copies: ['区委办', '区财政局'],
    },
    {
      deadline: { seconds: 5 },
      answers: { ...all(['区教育局', '区医院', '区委办', '区财政局'], 'signed'), 柳塘镇: 'opened' },
    },
  ),
  // Sealed, to be dispatched.
  {
    text: office.archives,
    issuers: ['区政府办'],
    main: ['区档案馆', '区财政局', '柳塘镇', '石桥乡'],
    copies: ['区委办'],
    approvedBy: ['区政府办'],
    isNumbered: true,
    sealedBy: ['区政府办'],
  },
  // Registered, to be sealed.
  {
    text: office.meetings,
    issuers: ['区政府办'],
    main: ['区财政局', '区教育局', '区水利局', '区档案馆', '柳塘镇', '石桥乡'],
    approvedBy: ['区政府办'],
    isNumbered: true,
  },
  // Approved, to be registered.
  {
    text: office.sharing,
    issuers: ['区政府办'],
    main: ['区委组织部', '区财政局', '区教育局', '区水利局'],
    approvedBy: ['区政府办'],
  },
  // Handed on, to be approved.
  {
    text: office.rooms,
    issuers: ['区政府办'],
    main: ['区财政局', '区教育局', '区水利局', '区档案馆', '柳塘镇', '石桥乡'],
    approvedBy: [],
  },
]

/** Of two issuers: one waits for the office's seal, one for its approval, one is signed for. */
const jointJourneys: readonly Journey[] = [
  {
    text: office.onDuty,
    issuers: ['区委办', '区政府办'],
    main: others('区委办', '区政府办', '区医院', '区供水公司'),
    number: 22,
    approvedBy: ['区委办', '区政府办'],
    isNumbered: true,
    sealedBy: ['区委办'],
  },
  {
    text: office.contest,
    issuers: ['区总工会', '区政府办'],
    main: ['区教育局', '区医院', '区供水公司'],
    approvedBy: ['区总工会'],
  },
  sent(
    {
      ...{ text: finance.schools, issuers: ['区财政局', '区教育局'], main: ['柳塘镇', '石桥乡'] },
      ...{ copies: ['区政府办'], number: 44 },
    },
    { answers: { ...all(['柳塘镇', '石桥乡'], 'signed'), 区政府办: 'opened' } },
  ),
]

const financeJourneys: readonly Journey[] = [
  sent(
    { text: finance.pipes, issuers: ['区财政局'], main: government },
    { to: ['区政府办'], deadline: { hours: 44 }, answers: {} },
  ),
  sent(
    {
      ...{ text: finance.devices, issuers: ['区财政局'], main: ['区政府办'] },
      ...{ series: '青财函', number: 9 },
    },
    { answers: { 区政府办: 'signed' } },
  ),
  {
    text: finance.budget,
    issuers: ['区财政局'],
    main: ['区教育局', '区水利局', '区档案馆', '柳塘镇', '石桥乡', '区医院'],
    approvedBy: ['区财政局'],
    isNumbered: true,
  },
  { text: finance.hospital, issuers: ['区财政局'], main: ['区医院'], approvedBy: [] },
]

const otherJourneys: readonly Journey[] = [
  sent(
    { text: other.kindergarten, issuers: ['区教育局'], main: government, number: 17 },
    { to: ['区政府办'], answers: { 区政府办: 'signed' } },
  ),
  sent(
    { text: other.safety, issuers: ['柳塘镇'], main: government, number: 25 },
    { to: ['区政府办'], answers: {} },
  ),
  sent(
    {
      ...{ text: other.river, issuers: ['区水利局'], main: ['区政府办'], copies: ['区财政局'] },
      ...{ series: '青水函', number: 8 },
    },
    { deadline: { hours: 70 }, answers: { 区政府办: 'signed', 区财政局: 'opened' } },
  ),
  sent(
    {
      text: other.assessment,
      issuers: ['区委组织部'],
      main: others('区委组织部', '区医院', '区供水公司'),
      number: 26,
    },
    {
      deadline: { hours: 92 },
      answers: all(['区委办', '区政府办', '区教育局', '区水利局', '区总工会'], 'signed'),
    },
  ),
  sent(
    {
      ...{ text: other.clinic, issuers: ['区医院'], main: ['区财政局'] },
      ...{ series: '青医函', number: 6 },
    },
    { answers: {} },
  ),
  sent(
    {
      ...{ text: other.supply, issuers: ['区供水公司'], main: ['区政府办'] },
      ...{ copies: ['区教育局', '区医院'], series: '青供水函', number: 4 },
    },
    { answers: all(['区政府办', '区教育局', '区医院'], 'signed') },
  ),
  sent(
    {
      ...{ text: other.storage, issuers: ['区档案馆'], main: ['区财政局'] },
      ...{ series: '青档函', number: 5 },
    },
    {
      answers: {
        区财政局: { returned: '所附明细合计与正文所列预算金额不一致，请核对后重新发来。' },
      },
    },
  ),
  sent(
    {
      text: other.walking,
      issuers: ['区总工会'],
      main: { named: ['各基层工会'] },
      number: 14,
    },
    {
      to: ['区政府办', '区财政局', '区教育局', '区医院'],
      answers: { ...all(['区财政局', '区医院'], 'signed'), 区政府办: 'opened' },
    },
  ),
]

export const journeys: readonly Journey[] = [
  ...officeJourneys,
  ...jointJourneys,
  ...financeJourneys,
  ...otherJourneys,
]

/** A form that is still being typed, as the composing page keeps it. */
export interface LookTyping {
  readonly unit: LookUnit
  readonly form: Readonly<Record<string, readonly string[]>>
}

export const typing: readonly LookTyping[] = [
  {
    unit: '区政府办',
    form: {
      kind: ['通知'],
      direction: ['down'],
      title: ['青禾区人民政府办公室关于组织开展消防安全知识培训的通知'],
      main: ['各乡镇人民政府、区直各单位'],
      body: [
        `为增强干部职工消防安全意识，提高火灾防范和应急处置能力，现就组织开展消防安全知识培训有关事项通知如下：
一、培训时间
拟于{+16}上午（待与区消防救援大队确认）。
二、培训内容
`,
      ],
    },
  },
  {
    unit: '区财政局',
    form: {
      kind: ['函'],
      direction: ['parallel'],
      title: ['青禾区财政局关于商请核实乡镇办公用房维修项目的函'],
      main: ['区政府办'],
      body: ['近期，部分乡镇申请办公用房维修资金，经初步审核，'],
    },
  },
]
