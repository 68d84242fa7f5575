/** One signature of a report: whose, what of its content, when, and behind a fold how that is known. */
import {
  commonName,
  isStatement,
  verdictSentence,
  verdictWords,
  type SignatureReport,
} from '../../../exchange/verify/index.ts'
import { h, type Child } from '../../one_file/dom.ts'
import { both, type Words } from '../../one_file/language.ts'
import { facts } from '../../one_file/parts.ts'
import { markOf } from '../place.ts'
import { shown } from '../shown.ts'
import { zoned } from '../times.ts'
import { markOfVerdict } from '../verdicts.ts'
import { report as words } from '../words/report.ts'
import { findingList } from './findings.ts'

export function signatureCard(one: SignatureReport): HTMLElement {
  const { signer, verdict, level, findings } = one
  const alone = { verdict, signatures: [one] }
  const name = commonName(signer)
  return h(
    'article',
    { class: 'signature' },
    markOf(markOfVerdict[verdict]),
    h(
      'div',
      { class: 'tight' },
      h('h3', {}, name === '' ? words.unknown : h('bdi', {}, shown(name))),
      h('p', {}, { zh: verdictSentence(alone, 'zh'), en: verdictSentence(alone, 'en') }),
      h(
        'p',
        { class: 'small' },
        verdictWords[verdict],
        level !== null && [' · ', level],
        one.timestamps[0] !== undefined && [' · ', zoned(one.timestamps[0].time)],
      ),
      findings.length > 0 && findingList(findings),
      h('details', {}, h('summary', { class: 'small' }, words.details), details(one)),
    ),
  )
}

type Row = readonly [Words, Child] | undefined

function details(one: SignatureReport): HTMLElement {
  const { field, signer, claimedTime, provenBy, time, timestamps, chain, docMdp, fieldMdp } = one
  const rows: Row[] = [
    [isStatement(one) ? words.statement : words.signature, h('bdi', {}, shown(field))],
    one.file === undefined ? undefined : [words.file, h('bdi', {}, shown(one.file))],
    signer === '' ? undefined : [words.signer, h('bdi', {}, shown(signer))],
    claimedTime === null
      ? undefined
      : [
          words.claimed,
          [both(zoned(claimedTime)), ' ', h('span', { class: 'small' }, words.claimedWhy)],
        ],
    ...timestamps.map(({ kind, time }): Row => [words.stamps[kind], both(zoned(time))]),
    time === undefined
      ? undefined
      : [
          words.time,
          [
            words.attested[time.attestation],
            time.by !== undefined && ['：', h('bdi', {}, shown(time.by))],
          ],
        ],
    provenBy === undefined ? undefined : [words.proven, both(zoned(provenBy))],
    docMdp === undefined ? undefined : [words.allows, words.docMdp[docMdp]],
    fieldMdp === undefined
      ? undefined
      : [words.locks, shown(`${fieldMdp.action} ${fieldMdp.fields.join(' ')}`)],
    chain.length === 0
      ? undefined
      : [
          words.chain,
          h(
            'ol',
            { class: 'chain' },
            ...chain.map((each) => h('li', {}, h('bdi', {}, shown(each)))),
          ),
        ],
  ]
  return facts(rows)
}
