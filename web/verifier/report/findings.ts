/** Findings as a list: how grave, what, and by which code. */
import { findingTable, type Finding } from '../../../exchange/verify/index.ts'
import { h } from '../../one_file/dom.ts'
import type { Words } from '../../one_file/language.ts'
import { shown } from '../shown.ts'
import { report as words } from '../words/report.ts'

export function findingList(findings: readonly Finding[]): HTMLElement {
  return h(
    'ul',
    { class: 'findings' },
    ...findings.map((one) =>
      h(
        'li',
        {},
        h('span', { class: `tag ${one.severity}` }, words.severities[one.severity]),
        ' ',
        wordsOfFinding(one),
        ' ',
        h('code', {}, one.code),
      ),
    ),
  )
}

/** The message may carry what stands in a file. */
export const wordsOfFinding = ({ code, message }: Finding): Words => ({
  zh: findingTable[code].zh,
  en: shown(message),
})
