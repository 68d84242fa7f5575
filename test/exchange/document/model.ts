/** What a document's life should be, in a few lines: the model that the acts are held against. Pure. */

export const stages = ['drafted', 'approved', 'numbered', 'sealed', 'dispatched'] as const
export type Stage = (typeof stages)[number]
export type CopyState = 'dispatched' | 'received' | 'receipted' | 'returned'
export type Act = 'approve' | 'number' | 'seal' | 'dispatch' | 'receive' | 'sign-for' | 'return'

export interface ModelDocument {
  readonly issuers: readonly number[]
  readonly recipients: readonly number[]
  stage: Stage
  readonly approved: Set<number>
  readonly sealed: Set<number>
  readonly copies: Map<number, CopyState>
}

export function drafted(issuers: readonly number[], recipients: readonly number[]): ModelDocument {
  const [approved, sealed] = [new Set<number>(), new Set<number>()]
  const copies = new Map<number, CopyState>()
  return { issuers, recipients, stage: 'drafted', approved, sealed, copies }
}

/** Does the act if it may be done by this unit now; says whether it was. */
export function does(document: ModelDocument, act: Act, unit: number): boolean {
  const { issuers, recipients, stage, approved, sealed, copies } = document
  const isIssuer = issuers.includes(unit)
  const isLead = issuers[0] === unit
  const copy = copies.get(unit)
  switch (act) {
    case 'approve':
      if (stage !== 'drafted' || !isIssuer || approved.has(unit)) return false
      approved.add(unit)
      if (approved.size === issuers.length) document.stage = 'approved'
      return true
    case 'number':
      if (stage !== 'approved' || !isLead) return false
      document.stage = 'numbered'
      return true
    case 'seal':
      if (stage !== 'numbered' || !isIssuer || sealed.has(unit)) return false
      sealed.add(unit)
      if (sealed.size === issuers.length) document.stage = 'sealed'
      return true
    case 'dispatch':
      if (stage !== 'sealed' || !isLead) return false
      document.stage = 'dispatched'
      for (const recipient of recipients) copies.set(recipient, 'dispatched')
      return true
    case 'receive':
      if (copy !== 'dispatched') return false
      copies.set(unit, 'received')
      return true
    case 'sign-for':
    case 'return':
      if (copy === undefined || copy === 'receipted' || copy === 'returned') return false
      copies.set(unit, act === 'return' ? 'returned' : 'receipted')
      return true
  }
}

/** What there is to do now, as `unit task`. */
export function tasksOf(document: ModelDocument): string[] {
  const { issuers, stage, approved, sealed, copies } = document
  const lead = String(issuers[0])
  switch (stage) {
    case 'drafted':
      return issuers.filter((unit) => !approved.has(unit)).map((unit) => `${String(unit)} approve`)
    case 'approved':
      return [`${lead} number`]
    case 'numbered':
      return issuers.filter((unit) => !sealed.has(unit)).map((unit) => `${String(unit)} seal`)
    case 'sealed':
      return [`${lead} dispatch`]
    case 'dispatched':
      return [...copies]
        .filter(([, state]) => state === 'dispatched' || state === 'received')
        .map(([unit]) => `${String(unit)} sign-for`)
  }
}

/** How many recipients there are and have answered, once it is dispatched. */
export function progressOf({ stage, copies }: ModelDocument): object | undefined {
  const count = (wanted: CopyState): number =>
    [...copies.values()].filter((state) => state === wanted).length
  if (stage !== 'dispatched') return undefined
  return { of: copies.size, receipted: count('receipted'), returned: count('returned') }
}

/** Whether a recipient has yet to answer. */
export function isAwaited({ stage, copies }: ModelDocument): boolean {
  const open = [...copies.values()].some((state) => state === 'dispatched' || state === 'received')
  return stage === 'dispatched' && open
}
