/**
 * What a certificate's key signed, from the journal: every act with when it was taken in, before and after the moment from which the key is
 * not to be trusted. Numbers of documents, never their titles: an officer reads no document.
 */
import type { CertificateState } from '../../../ca/index.ts'
import {
  countSignedBy,
  isSignedByCursor,
  paintNumber,
  signedBy,
  type SignedAct,
  type SignedByAsked,
} from '../../../exchange/index.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Parts, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { typeWords } from '../auditor/entry_words.ts'
import { chipRow, hrefOf, pageLinks } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames, type HolderNames } from '../holders.ts'
import { emptyList } from '../unit/rows.ts'
import { seenCertificate } from './seen.ts'
import { tokensPage } from './tokens.ts'
import { stateOf, stateTag, subjectName } from './words.ts'

const pageSize = 50
/** Acts that are counted for the chips; more are said to be more. */
const maxCounted = 10_000

const halves = ['before', 'after'] as const
type Half = (typeof halves)[number]

export async function signedPage(request: Request): Promise<Answer> {
  const { view, query } = request
  const { w } = view
  const certificate = await seenCertificate(request)
  if (certificate.profile === 'timestamping') return tokensPage(request, certificate)
  const moment = momentOf(certificate)
  const half = halves.find((one) => one === query.get('part'))
  const after = query.get('after') ?? undefined
  const isWrong = (query.get('part') ?? '') !== (half ?? '') || (half && moment === undefined)
  if (isWrong || (after !== undefined && !isSignedByCursor(after))) {
    throw new WebError('QUERY_MALFORMED', 'there is no such page')
  }
  const asked = { certificate: certificate.sha256, ...(half && moment && rangeOf(half, moment.at)) }
  const page = await signedBy(request.parts.journal.views, {
    ...{ ...asked, limit: pageSize },
    ...(after !== undefined && { after }),
  })
  const name = subjectName(certificate)
  const path = `/certificates/${certificate.sha256}`
  return show(request, {
    title: w(`${name} 签过什么`, `What ${name} signed`),
    acts: html`<button class="btn" type="button" data-print>${w('打印', 'Print')}</button>`,
    main: html`<p class="crumb links">
        <a href="${path}">${name}</a> › ${w('签过什么', 'what it signed')}
      </p>
      <h1>
        ${w('这张证书签过什么', 'What this certificate signed')}
        ${stateTag(view, stateOf(certificate, view.now))}
      </h1>
      <p class="sub">
        ${w('以日志收到的时间为准，不以签名自称的时间为准。只列文号和环节，不列标题和内容。', 'By the time at which the journal took each in, not by what the signature claims. Numbers and steps only, no titles or texts.')}
        ${moment !== undefined && momentWords(view, moment)}
      </p>
      ${await chips(request, certificate, { moment, half })}
      ${page.items.length === 0 ? empty(view, after) : await table(request, page.items)}
      ${pageLinks(view, {
        first: after === undefined ? undefined : hrefOf(`${path}/signed`, { part: half }),
        next: page.next && hrefOf(`${path}/signed`, { part: half, after: page.next }),
      })}`,
  })
}

interface Moment {
  /** RFC 3339, UTC. */
  readonly at: string
  readonly isInvalidity: boolean
}

/** What parts good from doubtful: the invalidity date, else the revocation. */
function momentOf({ revoked }: CertificateState): Moment | undefined {
  if (revoked === undefined) return undefined
  const { invalidityDate, revokedAt } = revoked
  return { at: invalidityDate ?? revokedAt, isInvalidity: invalidityDate !== null }
}

function momentWords(view: View, { at, isInvalidity }: Moment): string {
  const when = view.exact(at)
  return isInvalidity
    ? view.w(
        `分界是密钥不可信的起点：${when}。`,
        `They part where the key ceased to be trusted: ${when}.`,
      )
    : view.w(`分界是吊销的时间：${when}。`, `They part at the revocation: ${when}.`)
}

const rangeOf = (half: Half, at: string): Pick<SignedByAsked, 'from' | 'before'> =>
  half === 'before' ? { before: at } : { from: at }

async function chips(
  { parts, view }: Request,
  { sha256: certificate }: CertificateState,
  { moment, half }: { readonly moment: Moment | undefined; readonly half: Half | undefined },
): Promise<Html | undefined> {
  if (moment === undefined) return undefined
  const { w } = view
  const words = {
    before: w('分界之前', 'Before'),
    after: w('分界之后', 'After'),
  }
  const counted = await Promise.all(
    halves.map(async (one) => {
      const range = rangeOf(one, moment.at)
      const asked = { certificate, ...range, limit: maxCounted }
      const { count, hasMore } = await countSignedBy(parts.journal.views, asked)
      return {
        words: `${words[one]}${hasMore ? w('（多于）', ' (more than)') : ''}`,
        href: hrefOf(`/certificates/${certificate}/signed`, { part: one }),
        isCurrent: one === half,
        count,
      }
    }),
  )
  const all = {
    words: w('全部', 'All'),
    href: `/certificates/${certificate}/signed`,
    isCurrent: half === undefined,
  }
  return chipRow(w('分界前后', 'Before and after'), [all, ...counted])
}

function empty({ w }: View, after: string | undefined): Html {
  return emptyList(
    after === undefined ? w('没有签过东西', 'It signed nothing') : w('后面没有了', 'Nothing more'),
    w(
      '登录证书从不签署；签署和印章证书签过的每一件都会列在这里。',
      'Log-in certificates never sign; every act of signing and seal certificates stands here.',
    ),
  )
}

async function table({ parts, view }: Request, acts: readonly SignedAct[]): Promise<Html> {
  const { w } = view
  const [numbers, names] = await Promise.all([
    numbersOf(parts, acts),
    holderNames(
      { ...parts, view },
      acts.map(({ subject }) => subject),
    ),
  ])
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('环节', 'Act')}</th>
        <th>${w('对象', 'On what')}</th>
        <th>${w('日志收到', 'Journalled')}</th>
      </tr>
    </thead>
    <tbody>
      ${acts.map(
        ({ index, type, at, subject }) =>
          html`<tr data-row>
            <td><span class="t">${typeWords(view, type)}</span></td>
            <td>${subjectWords({ subject, numbers, names })}</td>
            <td class="num">
              ${view.exact(at)}
              <div class="hash">${w(`日志第 ${String(index)} 条`, `entry ${String(index)}`)}</div>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`
}

type Numbers = ReadonlyMap<string, string>

/** Numbers of the documents that were registered, by subject. */
async function numbersOf({ reading }: Parts, acts: readonly SignedAct[]): Promise<Numbers> {
  const ids = [...new Set(acts.map(({ subject }) => subject))]
    .filter((subject) => subject.startsWith('document:'))
    .map((subject) => subject.slice('document:'.length))
  const found = await reading.numbers(ids)
  return new Map([...found].map(([id, number]) => [`document:${id}`, paintNumber(number)]))
}

function subjectWords(of: {
  readonly subject: string
  readonly numbers: Numbers
  readonly names: HolderNames
}): Html {
  const { subject, numbers, names } = of
  const number = numbers.get(subject)
  const name = names(subject)
  if (number !== undefined) return html`${number} <code>${subject}</code>`
  return name === subject ? html`<code>${subject}</code>` : html`${name} <code>${subject}</code>`
}
