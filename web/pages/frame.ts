/** Puts a page into its frame: reads the few numbers and names that the frame shows for whoever is asking. */
import { html, type Html } from '../html.ts'
import type { Answer, Parts, Request } from '../types.ts'
import type { View } from '../view.ts'
import type { Principal } from '../../exchange/index.ts'
import { countsFor } from './counts.ts'
import { page, type PageOptions } from './shell.ts'

/** The page as an answer, with the actor's name, counts and certificate in the frame. */
export async function show(
  request: Pick<Request, 'parts' | 'actor' | 'view'>,
  of: Omit<PageOptions, 'view' | 'who'>,
): Promise<Answer> {
  const { parts, actor, view } = request
  if (actor === undefined) return page({ view, ...of })
  const [who, counts] = await Promise.all([
    nameOf(parts, actor),
    of.counts ?? countsFor(parts, actor),
  ])
  const note = restoredNote(view, parts)
  return page({ view, who, counts, ...of, main: note ? html`${note}${of.main}` : of.main })
}

/** On every page of a box that was restored, until two officers have confirmed it. */
function restoredNote({ w, time, actor }: View, { restored }: Parts): Html | undefined {
  const facts = restored()
  if (facts === undefined) return undefined
  const lost = facts.seen === null ? 0 : facts.seen.size - facts.head.size
  const isOfficer = actor?.kind === 'person' && actor.role === 'officer'
  return html`<div class="notice w" role="status">
    <b
      >${w('本机刚由备份恢复，现在只能看，不能办', 'This box was restored from a backup: it can be read, nothing can be done')}</b
    >
    ${w(`备份于 ${time(facts.madeAt)}。两名安全员确认后恢复办公。`, `The backup is of ${time(facts.madeAt)}. Work goes on once two officers have confirmed it.`)}
    ${lost > 0 && w(`备份过时：此后至少 ${String(lost)} 条记录已丢失，请各单位核对自己的收发文。`, `It is stale: at least ${String(lost)} later entries are lost; units compare what they sent and received.`)}
    ${
      isOfficer &&
      html`<a class="btn" href="/orders/new?act=restore-backup"
        >${w('确认恢复…', 'Confirm it…')}</a
      >`
    }
  </div>`
}

async function nameOf({ directory }: Parts, actor: Principal): Promise<string> {
  if (actor.kind === 'person') return actor.id
  const unit = await directory.unit(actor.unit)
  return unit?.shortName ?? actor.unit
}
