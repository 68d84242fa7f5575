/** What the newest revision of a PDF does, before anybody has signed it: for who is asked to put a seal on it. Pure. */
import { documentStates, listRevisions, type PdfDocument } from '../../pdf/index.ts'
import type { RevisionChange } from '../report/change_words.ts'
import { changesByRevision } from './later.ts'
import { listSignatures } from './signatures.ts'

/** Compares the newest revision with the one before, as if that had been signed; a new signature may certify the file. */
export function changesOfNewest(document: PdfDocument): readonly RevisionChange[] {
  const list = listRevisions(document)
  const states = documentStates(document, list)
  const signatures = listSignatures(document, list, states)
  const from = list.revisions.length - 2
  const changes = changesByRevision({
    document,
    list,
    states,
    signatures,
    from,
    certificationAllowed: true,
  })
  return [...changes].filter(([index]) => index > from).flatMap(([, found]) => found)
}
