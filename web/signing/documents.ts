/** Sign requests for acts on documents: the office says what is to be signed, here are the words and places around it. */
import { paintNumber, type DocumentAct, type DocumentView } from '../../exchange/index.ts'
import type { BoxWords, UnsignedStatement } from '../../exchange/unit/index.ts'
import { WebError } from '../errors.ts'
import type { Parts } from '../types.ts'
import { hashFrom, misfit, momentFrom, optionalText, textFrom, unitsFrom } from './query.ts'
import type { Asked, Builder } from './types.ts'

const maxOpinionCharacters = 1000

/** The builder of one act. */
export function documentBuilder(act: DocumentAct): Builder {
  return async (asked) => {
    const { parts, actor, query } = asked
    const id = query.get('document') ?? ''
    if (!/^[a-z2-7]{26}$/.test(id)) throw misfit('document')
    if (actor.kind !== 'seat')
      throw new WebError('ROLE_WRONG', 'this is for seat', { is: actor.role })
    const wishes = wishesOf(act, asked)
    // Who is about to sign for it has opened it.
    const opens = act === 'sign-for' || act === 'return'
    if (opens && !asked.ledHere) await parts.office.receive(id, { actor })
    const made = await parts.office.toSign(act, id, { actor, ...wishes })
    const view = await parts.reading.document(actor, id)
    const { ifVersion, statement, seal } = made
    return {
      path: `/api/v1/documents/${id}/acts/${act}`,
      body: { ifVersion },
      ...(statement && { statement }),
      ...(seal && { seal }),
      files: made.files.map((file) => ({
        ...file,
        href: `/api/v1/documents/${id}/files/${file.sha256}`,
        read: () => parts.reading.file(actor, id, file.sha256),
      })),
      words: await wordsOf(parts, view, statement),
      fileName: `${act} ${view.head.title}`,
    }
  }
}

/** What a person may say with the act. */
function wishesOf(act: DocumentAct, { query }: Asked) {
  switch (act) {
    case 'approve': {
      const opinion = optionalText(query, 'opinion', maxOpinionCharacters)
      return opinion === undefined || opinion === '' ? {} : { opinion }
    }
    case 'seal':
      return query.has('certificate') ? { certificate: hashFrom(query, 'certificate') } : {}
    case 'dispatch': {
      const deadline = momentFrom(query, 'deadline')
      const [main, copies] = [unitsFrom(query, 'main'), unitsFrom(query, 'copies')]
      return { ...(deadline && { deadline }), ...(main && { main }), ...(copies && { copies }) }
    }
    case 'sign-for':
      return {}
    case 'return':
      return { reason: textFrom(query, 'reason', maxOpinionCharacters).trim() }
  }
}

async function wordsOf(
  parts: Parts,
  { head, pages, record, dispatched }: DocumentView,
  statement: UnsignedStatement | undefined,
): Promise<BoxWords> {
  const { title, kind, issuers, urgency } = head
  const number = record && 'number' in record ? paintNumber(record.number) : undefined
  const deadline = dispatched?.deadline ?? undefined
  return {
    ...{ title, kind, issuers: [...issuers] },
    ...(urgency !== null && { urgency }),
    ...(pages !== null && { pages }),
    ...(number !== undefined && { number }),
    ...(deadline !== undefined && { deadline }),
    names: await namesOf(parts, statement),
  }
}

/** Names of the units that a statement names by code. */
async function namesOf(
  { directory }: Parts,
  statement: UnsignedStatement | undefined,
): Promise<Record<string, string>> {
  const unit = statement && 'unit' in statement ? [statement.unit] : []
  const named =
    statement?.type === 'sealbox.dispatch' ? [...statement.main, ...statement.copies] : []
  const names: Record<string, string> = {}
  for (const uscc of [...unit, ...named]) {
    const found = await directory.unit(uscc)
    if (found !== undefined) names[uscc] = found.name
  }
  return names
}
