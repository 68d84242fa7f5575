/**
 * Comparing many requests by telephone: the words of each, a tick for each that is the same, and one signature for all that have
 * one. What is signed is shown once more before.
 */
import * as z from 'zod'
import { maxApprovals, requestsText } from '../../../exchange/unit/index.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { fill, h } from '../../one_file/dom.ts'
import { wordList } from '../../one_file/fingerprint.ts'
import { button, heading, moment, note, paragraph } from '../../one_file/parts.ts'
import { refusal } from '../refusals.ts'
import { common } from '../words/common.ts'
import { sign } from '../words/sign.ts'

const shape = z.object({
  items: z.array(
    z.object({
      who: z.string(),
      name: z.string(),
      waiting: z
        .object({ id: z.string(), since: z.string(), contested: z.string().optional() })
        .optional(),
    }),
  ),
})

/** Shows all requests that wait. */
export async function showCompare(app: App, api: Api): Promise<void> {
  app.shell.show(heading(sign.compareTitle), h('p', { class: 'quiet' }, common.working))
  const found = await api.get('/api/v1/requests', shape)
  if (found.state !== 'done') {
    app.shell.show(heading(sign.compareTitle), refusal(found))
    return
  }
  const waiting = found.value.items.flatMap(({ waiting: request, ...named }) =>
    request === undefined ? [] : [{ ...named, ...request }],
  )
  const ticked = new Set<string>()
  const go = button('', () => {
    const asked = { act: 'approve-requests', requests: requestsText([...ticked]) }
    app.go(`#${new URLSearchParams(asked).toString()}`)
  })
  go.className = 'btn seal'
  const judge = (): void => {
    go.disabled = ticked.size === 0 || ticked.size > maxApprovals
    fill(
      go,
      ticked.size > maxApprovals ? sign.compareMost(maxApprovals) : sign.compareSign(ticked.size),
    )
  }
  judge()
  app.shell.show(
    heading(sign.compareTitle),
    paragraph(sign.compareLead),
    h('div', { class: 'dock' }, go),
    ...(waiting.length === 0 ? [h('p', { class: 'empty card' }, sign.nothingOfficer)] : []),
    ...waiting.map(({ id, who, name, since, contested }) => {
      const tick = h('input', { type: 'checkbox', id: `same-${id}` })
      tick.addEventListener('change', () => {
        if (tick.checked) ticked.add(id)
        else ticked.delete(id)
        judge()
      })
      return h(
        'section',
        { class: 'card stack' },
        h('h2', {}, name, ' ', h('span', { class: 'small' }, who, ' · ', moment(new Date(since)))),
        contested !== undefined && note('bad', paragraph(sign.contested)),
        wordList(id, { label: sign.requestWords }),
        h(
          'label',
          { class: 'tick', for: tick.id },
          tick,
          h('strong', {}, sign.requestSameOf(name)),
        ),
      )
    }),
  )
}
