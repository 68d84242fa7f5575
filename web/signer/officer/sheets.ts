/** Enrolment sheets: codes that the box gives out once, printed one a page, with what a unit needs to trust the right box. */
import * as z from 'zod'
import { sha256 } from '../../../ca/path/index.ts'
import type { Api } from '../api.ts'
import { h } from '../../one_file/dom.ts'
import { hexText, wordList } from '../../one_file/fingerprint.ts'
import { both } from '../../one_file/language.ts'
import { button, facts, heading, moment, note, paragraph } from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { printSheets } from '../printing.ts'
import { qrCode } from '../qr.ts'
import { posts } from '../words/common.ts'
import { officer } from '../words/officer.ts'

const codeFor = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('unit'), uscc: z.string() }),
  z.looseObject({ kind: z.literal('person'), id: z.string(), role: z.string() }),
])
const given = z.looseObject({ codeFor, code: z.string(), expires: z.string() })
export type GivenCode = z.infer<typeof given>

/** The codes in an answer of the box, as `register` gives them or a single one. */
export function givenCodesOf(answer: unknown): readonly GivenCode[] {
  const many = z.looseObject({ codes: z.array(given) }).safeParse(answer).data
  if (many !== undefined) return many.codes
  const one = given.safeParse(answer).data
  return one === undefined ? [] : [one]
}

const unitsShape = z.object({ items: z.array(z.object({ uscc: z.string(), name: z.string() })) })

/** The sheets on the screen, and the button that prints them. */
export async function codeSheetsScreen(
  api: Api,
  codes: readonly GivenCode[],
): Promise<HTMLElement[]> {
  const [root, units] = await Promise.all([
    api.bytes('/root.crt'),
    api.get('/api/v1/units', unitsShape),
  ])
  const names = new Map(
    (units.state === 'done' ? units.value.items : []).map(({ uscc, name }) => [uscc, name]),
  )
  const fingerprint = root.state === 'done' ? sha256(root.value) : undefined
  const make = (): HTMLElement[] =>
    codes.map((one) => codeSheet(one, { name: nameOf(one, names), fingerprint }))
  const warning = (event: BeforeUnloadEvent): void => {
    event.preventDefault()
  }
  addEventListener('beforeunload', warning)
  const leave = button(officer.printed, () => {
    removeEventListener('beforeunload', warning)
    location.hash = ''
  })
  return [
    h(
      'div',
      { class: 'row apart no-print' },
      h('div', {}, heading(officer.sheets), h('p', { class: 'sub' }, officer.sheetsLead)),
      h(
        'div',
        { class: 'row' },
        button(
          officer.printAll(codes.length),
          () => {
            printSheets(make())
          },
          'main',
        ),
        leave,
      ),
    ),
    ...(root.state === 'done' ? [] : [refusal(root)]),
    h('div', { class: 'previews' }, ...make()),
  ]
}

function nameOf({ codeFor: whom }: GivenCode, names: ReadonlyMap<string, string>): string {
  return whom.kind === 'unit' ? (names.get(whom.uscc) ?? whom.uscc) : whom.id
}

/** One sheet; without a root there would be nothing to compare, so it says so instead. */
export function codeSheet(
  { code, codeFor: whom, expires }: GivenCode,
  of: { readonly name: string; readonly fingerprint: Uint8Array | undefined },
): HTMLElement {
  const { name, fingerprint } = of
  const post = whom.kind === 'person' ? (posts[whom.role] ?? both(whom.role)) : undefined
  return h(
    'article',
    { class: 'sheet' },
    h('h2', {}, officer.sheetTitle),
    h('p', { class: 'to' }, name, post && ['　', post]),
    h(
      'div',
      { class: 'secret' },
      h(
        'div',
        {},
        h('h3', {}, officer.code),
        h('b', {}, code),
        h('p', {}, officer.until, ' ', moment(new Date(expires)).slice(0, 10)),
      ),
      qrCode(code, officer.code),
    ),
    facts([
      [officer.address, h('strong', {}, `${location.origin}/`)],
      whom.kind === 'unit' ? [officer.uscc, whom.uscc] : undefined,
    ]),
    h('h3', {}, officer.steps),
    h(
      'ol',
      { class: 'todo' },
      ...[officer.step1, officer.step2, officer.step3, officer.step4, officer.step5].map((step) =>
        h('li', {}, step),
      ),
    ),
    h('h3', {}, officer.root),
    ...(fingerprint === undefined
      ? [note('bad', paragraph('—'))]
      : [
          wordList(fingerprint, { label: officer.root }),
          h('p', { class: 'hex' }, hexText(fingerprint)),
        ]),
    h('p', {}, officer.secret),
    h('p', {}, officer.handed, ' ', h('span', { class: 'line' })),
  )
}
