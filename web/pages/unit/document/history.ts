/** What happened to the document so far, and what comes next. Pure. */
import { historyOf, type DocumentView, type HistoryStep } from '../../../../exchange/index.ts'
import { html, type Html } from '../../../html.ts'
import type { View } from '../../../view.ts'
import { postName } from '../../shell.ts'
import type { Progress } from '../progress.ts'

/** Answers of ninety units would bury the rest; the map above has them. */
const maxAnswers = 6

export function historyCard(
  view: View,
  document: DocumentView,
  of: { readonly units: ReadonlyMap<string, string>; readonly progress: Progress },
): Html {
  const { w } = view
  const all = historyOf(document)
  const isAnswer = ({ step }: HistoryStep): boolean =>
    step === 'received' || step === 'receipted' || step === 'returned'
  const answers = all.filter(isAnswer)
  const shown = [...all.filter((one) => !isAnswer(one)), ...answers.slice(-maxAnswers)]
  const left = answers.length - Math.min(answers.length, maxAnswers)
  const { act, waitsFor, words } = of.progress
  const now = act !== undefined || waitsFor !== undefined
  return html`<section class="card">
    <h2>${w('办理过程', 'What happened')}</h2>
    <ol class="line">
      ${shown.map((one) => stepLine(view, one, of.units))}${
        left > 0 &&
        html`<li class="next">
          <span
            >${w(`另有 ${String(left)} 条签收情况，见名单`, `${String(left)} more answers: see the list`)}</span
          ><time></time>
        </li>`
      }${
        now &&
        html`<li class="now">
          <span><b>${words}</b>${waitsFor !== undefined && html` · ${waitsFor}`}</span><time></time>
        </li>`
      }
    </ol>
  </section>`
}

function stepLine(
  view: View,
  { step, at, unit, seat }: HistoryStep,
  units: ReadonlyMap<string, string>,
): Html {
  const who = [units.get(unit) ?? unit, seat === '' ? '' : postName(view, seat)]
  const name = who.filter((part) => part !== '').join(' ')
  return html`<li>
    <span>${stepWords(view, step)}${name !== '' && html` · ${name}`}</span
    ><time>${view.time(at)}</time>
  </li>`
}

const steps: Readonly<Record<HistoryStep['step'], readonly [string, string]>> = {
  drafted: ['拟稿送签', 'Drafted'],
  approved: ['签发', 'Approved'],
  numbered: ['登记编号', 'Registered'],
  sealed: ['用印、加盖时间戳', 'Sealed and time-stamped'],
  dispatched: ['发出', 'Dispatched'],
  received: ['送达', 'Opened'],
  receipted: ['签收', 'Signed for'],
  returned: ['退文', 'Returned'],
}

function stepWords({ w }: View, step: HistoryStep['step']): string {
  return w(...steps[step])
}
