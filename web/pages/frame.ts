/** Puts a page into its frame: reads the few numbers and names that the frame shows for whoever is asking. */
import type { Answer, Parts, Request } from '../types.ts'
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
  return page({ view, who, counts, ...of })
}

async function nameOf({ directory }: Parts, actor: Principal): Promise<string> {
  if (actor.kind === 'person') return actor.id
  const unit = await directory.unit(actor.unit)
  return unit?.shortName ?? actor.unit
}
